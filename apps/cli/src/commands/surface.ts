// SPDX-License-Identifier: Apache-2.0
import { Socket } from "node:net";
import type { Command } from "commander";
import { CommandError, exitCodes, usageError } from "../exit.ts";
import type { Io } from "../io.ts";
import { ownerOver } from "../owner/owner-client.ts";
import { isInForeground } from "../terminal/foreground.ts";
import { styleFor } from "../terminal/text.ts";
import { runSurface } from "../watch/surface.ts";
import { everySecond, openWatchTerminal } from "./watch.ts";

/** Where the broker hands a surface its end of the socket pair. */
const inherited = 3;

/**
 * What `assent broker run --watch` starts when nobody shows a request: the same
 * as `assent watch`, on the terminal of the broker, trusted because the broker
 * started it (decisions 3). Not for people, so not in the help.
 */
export function addSurfaceCommand(program: Command, io: Io): void {
  program.command("surface", { hidden: true }).action(() => show(io));
}

async function show(io: Io): Promise<void> {
  const signal = io.interruptSignal();
  checkForeground();
  const owner = ownerOver(inheritedChannel());
  try {
    const terminal = openWatchTerminal(io);
    try {
      await runSurface({
        owner,
        terminal,
        style: styleFor(io.environment),
        now: io.now,
        everySecond,
        leavesWhenIdle: true,
        signal,
      });
    } finally {
      terminal.close();
    }
  } finally {
    owner.close();
  }
}

/** Whether requests could be shown on this terminal. @throws CommandError */
export function checkTerminal(io: Io): void {
  checkForeground();
  openWatchTerminal(io).close();
}

// In the background the terminal would stop us for touching it, and the broker
// with us.
function checkForeground(): void {
  if (isInForeground()) return;
  throw new CommandError(
    exitCodes.failed,
    "The broker is not in front on a terminal, so it cannot show requests there.",
    "Start it without --watch, and answer elsewhere with: assent watch",
  );
}

function inheritedChannel(): Socket {
  try {
    return new Socket({ fd: inherited });
  } catch {
    throw usageError(
      "The broker starts this; for yourself there is: assent watch",
    );
  }
}
