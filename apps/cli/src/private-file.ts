// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes } from "./exit.ts";
import type { Io } from "./io.ts";

/** How a file may be written. */
export interface PrivateFileOptions {
  /** Put it in the place of a file or a link that is there. */
  readonly force?: boolean | undefined;
}

/**
 * Whether a file could be written there, before anybody is asked for what is
 * to be in it. What is there already is refused: with `force` only what is
 * neither a file nor a link, which would be replaced itself and not followed.
 *
 * @throws CommandError
 */
export function checkPrivateFile(
  path: string,
  { force }: PrivateFileOptions = {},
): void {
  const place = resolve(path);
  let folder: ReturnType<typeof lstatSync>;
  let present: ReturnType<typeof lstatSync> | undefined;
  try {
    folder = lstatSync(`${dirname(place)}/.`);
    present = lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    throw notWritten(path, reason(error));
  }
  if (!folder.isDirectory()) throw notWritten(path, "its folder is none");
  if (present === undefined) return;
  if (!present.isFile() && !present.isSymbolicLink()) {
    throw notWritten(path, "what is there is no plain file");
  }
  if (force) return;
  throw notWritten(
    path,
    present.isSymbolicLink() ? "a link is there" : "it exists",
    "Put it in the place of what is there with --force.",
  );
}

/**
 * Write a file that only this user can read (0600), whole or not at all: under
 * another name in the same folder, made durable, then put in its place. Never
 * through a link. From here on an interrupt does not end the command at once:
 * a draft would be left behind.
 *
 * @throws CommandError; nothing is left behind then
 */
export function writePrivateFile(
  io: Io,
  path: string,
  content: Uint8Array,
  options: PrivateFileOptions = {},
): void {
  checkPrivateFile(path, options);
  io.interruptSignal();
  const place = resolve(path);
  const folder = dirname(place);
  const draft = join(
    folder,
    `.${basename(place).slice(0, 100)}.${randomBytes(8).toString("hex")}`,
  );
  try {
    // Fails where something is, a link as well.
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      fchmodSync(descriptor, 0o600);
      for (let at = 0; at < content.length; ) {
        at += writeSync(descriptor, content, at);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // Only linking leaves alone what came to be there meanwhile.
    if (options.force) renameSync(draft, place);
    else linkSync(draft, place);
    sync(folder);
  } catch (error) {
    throw notWritten(path, reason(error));
  } finally {
    rmSync(draft, { force: true });
  }
}

function sync(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "its folder is none",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "nothing can be written there",
  EEXIST: "it exists",
  EISDIR: "what is there is no plain file",
  ENOSPC: "the disk is full",
  EDQUOT: "your quota is used up",
  EFBIG: "it would be larger than files may be",
  ENAMETOOLONG: "the name is too long",
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return reasons[code] ?? (code === "" ? "it failed" : code);
}

function notWritten(path: string, why: string, hint?: string): CommandError {
  return new CommandError(
    exitCodes.failed,
    `${makeSafe(path)} is not written: ${why}.`,
    hint,
  );
}
