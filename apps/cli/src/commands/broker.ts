// SPDX-License-Identifier: Apache-2.0
import type { Places } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import type { Command } from "commander";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import type { HomeOptions } from "../owner/session.ts";
import { findPlaces } from "../places.ts";

/** `assent broker`: the daemon itself. */
export function addBrokerCommands(program: Command, io: Io): void {
  const broker = program
    .command("broker")
    .description("the daemon that asks you and keeps your secrets");
  withExamples(
    takesHome(
      broker.command("run").description("run the broker in the foreground"),
    ),
    "assent broker run",
  ).action((options: HomeOptions) => runInForeground(io, options));
}

interface RunningBroker {
  stop(): Promise<void>;
  readonly places: Places;
}

interface BrokerPackage {
  runBroker(options: {
    readonly home?: string;
    readonly log?: (line: string) => void;
  }): Promise<RunningBroker>;
}

// The broker needs modules of the platform that no other command needs.
async function loadBroker(): Promise<BrokerPackage> {
  const loaded: Partial<BrokerPackage> = await import("@assent/broker");
  if (loaded.runBroker === undefined) {
    throw new CommandError(
      exitCodes.failed,
      "This installation holds no broker that can be run.",
    );
  }
  return loaded as BrokerPackage;
}

async function runInForeground(io: Io, options: HomeOptions): Promise<void> {
  // Says what is wrong with the place before anything is started.
  findPlaces(io, options.home);
  const interrupted = io.interruptSignal();
  const { runBroker } = await loadBroker();
  const broker = await runBroker({
    ...(options.home === undefined ? {} : { home: options.home }),
    log: (line) => void writeLine(io.stderr, makeSafe(line)).catch(() => {}),
  });
  const home = options.home === undefined ? "" : ` --home ${options.home}`;
  await writeLine(
    io.stdout,
    [
      `Assent is running at ${broker.places.ownerSocket}; Ctrl-C stops it.`,
      `See what to do next, in another terminal, with: assent status${home}`,
    ].join("\n"),
  );
  if (!interrupted.aborted) {
    await new Promise((resolve) =>
      interrupted.addEventListener("abort", resolve, { once: true }),
    );
  }
  await broker.stop();
  await writeLine(io.stdout, "Assent has stopped; all access has ended.");
}
