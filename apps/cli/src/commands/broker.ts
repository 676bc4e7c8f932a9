// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { LogFormat, LogLevel, SurfaceProgram } from "@assent/broker";
import type { Places } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { type Command, Option } from "commander";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { mainFile } from "../main-file.ts";
import { takesHome, withExamples } from "../options.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";
import { hostCommand } from "../page-host.ts";
import { findPlaces } from "../places.ts";
import { checkTerminal } from "./surface.ts";

interface RunOptions extends HomeOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly logFile?: string;
  readonly watch?: boolean;
}

/** `assent broker`: the daemon itself. */
export function addBrokerCommands(program: Command, io: Io): void {
  const broker = program
    .command("broker")
    .description("the daemon that asks you and keeps your secrets");
  withExamples(
    takesHome(
      broker.command("run").description("run the broker in the foreground"),
    )
      .addOption(
        new Option("--log-level <level>", "how much it tells of its work")
          .choices(["debug", "info", "warn", "error"])
          .default("info"),
      )
      .addOption(
        new Option("--log-format <format>", "for people, or for programs")
          .choices(["text", "json"])
          .default("text"),
      )
      .option(
        "--log-file <file>",
        "write the log there instead of to stderr; five files of 10 MiB at most",
      )
      .option(
        "--watch",
        "show requests here when nobody else does; the log on this terminal is then warnings alone, unless --log-level says otherwise",
      ),
    "assent broker run",
    "assent broker run --watch",
    "assent broker run --log-format json --log-file /var/tmp/assent.log",
  ).action((options: RunOptions, command: Command) => {
    const isDefault = command.getOptionValueSource("logLevel") === "default";
    // What it tells would run across the request that is shown.
    const quiet = options.watch && isDefault && options.logFile === undefined;
    return runInForeground(
      io,
      quiet ? { ...options, logLevel: "warn" } : options,
    );
  });
  withExamples(
    takesHome(
      broker
        .command("reload")
        .description(
          "have the broker read its settings, and open its log, anew",
        ),
    ),
    "assent broker reload",
  ).action((options: HomeOptions) => reload(io, options));
}

async function runInForeground(io: Io, options: RunOptions): Promise<void> {
  // Says what is wrong with the place before anything is started.
  const places = findPlaces(io, options.home);
  if (options.watch) checkTerminal(io);
  const signals = io.brokerSignals();
  const surface = options.watch ? terminalSurface() : webSurface(io, places);
  const broker = await startBroker(options, surface);
  signals.onReload(() => void broker.reload());
  if (!signals.stop.aborted) {
    const home = options.home === undefined ? "" : ` --home ${options.home}`;
    await say(
      io,
      `Assent is running at ${broker.places.ownerSocket}; Ctrl-C stops it.\n` +
        `See what to do next, in another terminal, with: assent status${home}`,
    );
    await aborted(signals.stop);
  }
  await broker.stop();
  await say(io, "Assent has stopped; all access has ended.");
}

async function startBroker(
  options: RunOptions,
  surface: SurfaceProgram | undefined,
) {
  // The broker needs of the platform what no other command needs.
  const { runBroker, StartError } = await import("@assent/broker");
  try {
    return await runBroker({
      home: options.home === undefined ? undefined : resolve(options.home),
      relayScripts: ownScripts(),
      surface,
      log: {
        level: options.logLevel,
        format: options.logFormat,
        file: options.logFile && resolve(options.logFile),
      },
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new CommandError(startCodes[error.fault], makeSafe(error.message));
  }
}

const startCodes = {
  configuration: exitCodes.configuration,
  "in-use": exitCodes.inUse,
  platform: exitCodes.platform,
  fault: exitCodes.failed,
} as const;

// The settings are the broker's to read: what came of it, its log tells.
async function reload(io: Io, options: HomeOptions): Promise<void> {
  const { brokerPid } = await withOwner(io, options, (owner) =>
    owner.settings.getSettings({}),
  );
  if (brokerPid < 2) {
    throw new CommandError(exitCodes.failed, "The broker told no process id.");
  }
  process.kill(brokerPid, "SIGHUP");
  await writeLine(
    io.stdout,
    `Process ${brokerPid} reads its settings again; its log tells what came of it.`,
  );
}

// Of this installation, whatever the command was called by (T14).
function terminalSurface(): SurfaceProgram {
  return {
    command: [process.execPath, mainFile(), "surface"],
    isWeb: false,
  };
}

// Where a window can come up. A service learns of the desktop later, from the
// user's systemd, so there the page's host finds out.
function webSurface(io: Io, places: Places): SurfaceProgram | undefined {
  const { DISPLAY, WAYLAND_DISPLAY, INVOCATION_ID } = io.environment;
  if (!DISPLAY && !WAYLAND_DISPLAY && !INVOCATION_ID) return;
  const directory = places.runtimeDirectory;
  return {
    command: hostCommand("--surface", "--directory", directory),
    isWeb: true,
  };
}

// Nobody may be left to read it.
async function say(io: Io, text: string): Promise<void> {
  await writeLine(io.stdout, text).catch(() => {});
}

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", resolve, { once: true }),
  );
}

// A prompt for `assent read` says that it acts for whoever started it.
function ownScripts(): string[] {
  const script = process.argv[1];
  return script === undefined ? [] : [realpathSync(script)];
}
