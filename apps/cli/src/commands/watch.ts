// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { CommandError, exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";
import { takesCredential, withExamples } from "../options.ts";
import { type AccountOptions, withTrust } from "../owner/session.ts";
import { heldText, isHeld } from "../terminal/terminal.ts";
import { styleFor } from "../terminal/text.ts";
import { runSurface } from "../watch/surface.ts";

/** `assent watch`: answer prompts in a terminal. */
export function addWatchCommand(program: Command, io: Io): void {
  withExamples(
    takesCredential(
      program
        .command("watch")
        .description("show requests in this terminal, and answer them"),
    ),
    "assent watch",
    "assent watch --account Personal",
  ).action((options: AccountOptions) => watch(io, options));
}

async function watch(io: Io, options: AccountOptions): Promise<void> {
  const signal = io.interruptSignal();
  await withTrust(io, options, async ({ owner, secret }) => {
    // Being trusted is all it was for; each approval asks again.
    secret.fill(0);
    const terminal = openWatchTerminal(io);
    try {
      await runSurface({
        owner,
        terminal,
        style: styleFor(io.environment),
        now: io.now,
        everySecond,
        signal,
      });
    } finally {
      terminal.close();
    }
  });
}

/** Calls back every second, until it is stopped. */
export function everySecond(tick: () => void): () => void {
  const timer = setInterval(tick, 1_000);
  return () => clearInterval(timer);
}

/** The terminal to show requests on. @throws CommandError */
export function openWatchTerminal(io: Io): ReturnType<Io["openTerminal"]> {
  try {
    return io.openTerminal();
  } catch (error) {
    if (isHeld(error)) throw new CommandError(exitCodes.failed, ...heldText);
    throw new CommandError(
      exitCodes.failed,
      "There is no terminal to show requests on.",
      "For scripts there are: assent prompts, assent approve, assent deny",
    );
  }
}
