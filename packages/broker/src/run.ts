// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { locatePlaces, type Places } from "@assent/protocol";
import { watchAway } from "./away/away-watch.ts";
import { type Broker, startBroker } from "./broker.ts";
import { takeOwnerSocket } from "./channel/activation.ts";
import { type OpenLog, type OpenLogOptions, openLog } from "./log/open-log.ts";
import { hardenProcess, ignoreDebuggerSignal } from "./peer/hardening.ts";
import { checkPlatform, createBinding } from "./peer/platform.ts";
import { systemScheduler } from "./peer/scheduler.ts";
import { createFaultReport } from "./rpc/fault.ts";
import type { SurfaceProgram } from "./rpc/surfaces.ts";
import { toStartError } from "./start-error.ts";
import { dropStartGarbage } from "./start-garbage.ts";

/** How to run a broker. */
export interface RunOptions {
  /** `--home DIR`, absolute. */
  readonly home?: string | undefined;
  /** Real paths of our own scripts, which act for whoever started them. */
  readonly relayScripts?: readonly string[];
  /** Our own program that shows prompts when nobody else does. */
  readonly surface?: SurfaceProgram | undefined;
  /** What it tells whoever runs it, and where; by default lines on stderr. */
  readonly log?: OpenLogOptions | undefined;
}

/** A broker that runs in this process until it is stopped. */
export interface RunningBroker {
  readonly places: Places;
  /**
   * Read the settings again, and open the log file anew. Never rejects: what
   * is wrong is told in the log, and what was before stays.
   */
  reload(): Promise<void>;
  /** Sessions end, accounts lock, sockets go. */
  stop(): Promise<void>;
}

const sweepMs = 250;

/**
 * Run the broker in this process. Rejects with a StartError when something is
 * missing or in the way; nothing is then left behind. An error nobody foresaw,
 * later on, is told without its message (LEAK-004) and ends the process.
 */
export async function runBroker(
  options: RunOptions = {},
): Promise<RunningBroker> {
  ignoreDebuggerSignal();
  // Nobody reads any more: the broker goes on.
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners("error").on("error", () => {});
  }
  using undo = new DisposableStack();
  try {
    const opened = undo.adopt(openLog(options.log), (one) => one.close());
    const broker = await start(options, opened);
    dropStartGarbage();
    const resources = undo.move();
    return running(broker, opened, () => resources.dispose());
  } catch (error) {
    throw toStartError(error);
  }
}

async function start(options: RunOptions, { log }: OpenLog): Promise<Broker> {
  const places = ownPlaces(options.home);
  const binding = await createBinding();
  // First of all: from here on nobody else of this user can look inside.
  hardenProcess(binding);
  const activated = takeOwnerSocket(process.env, process.pid, binding);
  await checkPlatform(binding);
  return startBroker({
    places,
    binding,
    clock: { bootMs: () => binding.bootTimeMs(), wallMs: () => Date.now() },
    scheduler: systemScheduler,
    version: packageVersion(),
    relayScripts: options.relayScripts ?? [],
    surface: options.surface,
    activated,
    log,
  });
}

function running(
  broker: Broker,
  { log, reopen }: OpenLog,
  closeLog: () => void,
): RunningBroker {
  const sweeping = setInterval(() => {
    try {
      broker.sweep();
    } catch {
      // Decisions do not hang on it: each call judges for itself, and refuses
      // when the clock or /proc cannot be read.
      log.error("sweep-failed");
    }
  }, sweepMs);
  const away = watchAway({
    environment: process.env,
    userId: process.geteuid?.() ?? -1,
    scheduler: systemScheduler,
    onAway: (why) => broker.userWentAway(why),
    onUnknown: (detail) => log.info("away-unknown", { detail }),
  });
  const onFault = createFaultReport(log);
  const fail = (error: unknown) => {
    onFault(error);
    // Access ends with the process, and keys with its memory.
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    clearInterval(sweeping);
    away.stop();
    await broker.stop();
    process.off("uncaughtException", fail);
    closeLog();
  };
  return {
    places: broker.places,
    async reload() {
      try {
        if (reopen()) log.info("log-reopened");
      } catch (error) {
        log.error("log-not-reopened", { detail: (error as Error).message });
      }
      try {
        await broker.reload();
      } catch (error) {
        log.error("settings-refused", { detail: toStartError(error).message });
      }
    },
    stop: () => (stopping ??= stop()),
  };
}

function ownPlaces(home: string | undefined): Places {
  const userId = process.geteuid?.() ?? -1;
  return locatePlaces({
    environment: process.env,
    homeDirectory: homedir(),
    userId,
    home,
    isOwnDirectory(path) {
      try {
        const stats = lstatSync(path);
        return stats.isDirectory() && stats.uid === userId;
      } catch {
        return false;
      }
    },
  });
}

function packageVersion(): string {
  const url = new URL("../package.json", import.meta.url);
  return String(JSON.parse(readFileSync(url, "utf8")).version);
}
