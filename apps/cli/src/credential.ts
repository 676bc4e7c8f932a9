// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { CommandError, exitCodes, usageError } from "./exit.ts";
import type { Io } from "./io.ts";
import { LineInput } from "./line-input.ts";
import { askHidden } from "./terminal/hidden-prompt.ts";
import { heldText, isHeld } from "./terminal/terminal.ts";

/** Where a password comes from, as the options of a command say. */
export interface CredentialOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFd?: number;
}

/** Secrets that a command needs, from one source. */
export interface SecretInput {
  /** Whether nobody is asked: secrets come line by line. */
  readonly isScripted: boolean;
  /** A password that exists. To be zeroed after use. */
  password(label: string): Promise<Uint8Array>;
  /** A new one: asked for twice where somebody is asked. */
  newPassword(label: string): Promise<Uint8Array>;
  /** One line of the input after the password; undefined at its end. */
  nextLine(): Promise<Uint8Array | undefined>;
  /** The input after the password. */
  rest(): Promise<Uint8Array>;
  /** A value typed without being shown. */
  ask(label: string): Promise<Uint8Array>;
}

/**
 * Where the secrets of a command come from: `--password-stdin` (the first line
 * is the password, the rest the input), `--password-fd N` (a line for each
 * password), else a hidden prompt on the terminal. Never an argument, never an
 * environment variable.
 */
export function createSecretInput(
  io: Io,
  options: CredentialOptions,
): SecretInput {
  if (options.passwordStdin && options.passwordFd !== undefined) {
    throw usageError("Use one of --password-stdin and --password-fd.");
  }
  const stdin = new LineInput(io.stdin);
  const passwords =
    options.passwordFd === undefined
      ? stdin
      : new LineInput(
          createReadStream("", { fd: options.passwordFd, autoClose: false }),
        );
  const isScripted =
    options.passwordStdin === true || options.passwordFd !== undefined;
  const ask = (label: string) => askHidden(openTerminal(io), label);
  const scripted = async () => notEmpty(await passwords.line());
  return {
    isScripted,
    password: async (label) =>
      isScripted ? scripted() : notEmpty(await ask(label)),
    async newPassword(label) {
      if (isScripted) return scripted();
      const first = notEmpty(await ask(label));
      const second = await ask(`${label}, once more`);
      const same = Buffer.compare(first, second) === 0;
      second.fill(0);
      if (same) return first;
      first.fill(0);
      throw new CommandError(
        exitCodes.credential,
        "The two passwords are not the same. Nothing was changed.",
      );
    },
    nextLine: () => stdin.line(),
    rest: () => stdin.rest(),
    ask,
  };
}

function notEmpty(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined || bytes.length === 0) {
    throw new CommandError(exitCodes.credential, "The password is empty.");
  }
  return bytes;
}

function openTerminal(io: Io): ReturnType<Io["openTerminal"]> {
  try {
    return io.openTerminal();
  } catch (error) {
    if (isHeld(error)) {
      throw new CommandError(exitCodes.credential, ...heldText);
    }
    throw new CommandError(
      exitCodes.credential,
      "There is no terminal to ask for the password on.",
      "Give it with --password-stdin (its first line) or --password-fd N.",
    );
  }
}
