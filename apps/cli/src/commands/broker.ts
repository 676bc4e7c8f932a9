// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { makeSafe } from "@assent/wording";
import type { Command } from "commander";
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

async function runInForeground(io: Io, options: HomeOptions): Promise<void> {
  // Says what is wrong with the place before anything is started.
  findPlaces(io, options.home);
  const interrupted = io.interruptSignal();
  // The broker needs of the platform what no other command needs.
  const { runBroker } = await import("@assent/broker");
  const broker = await runBroker({
    home: options.home === undefined ? undefined : resolve(options.home),
    relayScripts: ownScripts(),
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

// A prompt for `assent read` says that it acts for whoever started it.
function ownScripts(): string[] {
  const script = process.argv[1];
  return script === undefined ? [] : [realpathSync(script)];
}
