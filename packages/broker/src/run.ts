// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { locatePlaces, type Places } from "@assent/protocol";
import { startBroker } from "./broker.ts";
import { takeOwnerSocket } from "./channel/activation.ts";
import { hardenProcess, ignoreDebuggerSignal } from "./peer/hardening.ts";
import { checkPlatform, createBinding } from "./peer/platform.ts";
import { systemScheduler } from "./peer/scheduler.ts";

/** How to run a broker. */
export interface RunOptions {
  /** `--home DIR`. */
  readonly home?: string | undefined;
  /** Real paths of our own scripts, which act for whoever started them. */
  readonly relayScripts?: readonly string[];
  /** One line for whoever runs it; never a secret. */
  readonly log?: (line: string) => void;
}

/** A broker that runs in this process until it is stopped. */
export interface RunningBroker {
  readonly places: Places;
  /** Sessions end, accounts lock, sockets go. */
  stop(): Promise<void>;
}

const sweepMs = 250;

/**
 * Run the broker in this process. Rejects with one clear line when something
 * is missing or in the way; nothing is then left behind.
 */
export async function runBroker(
  options: RunOptions = {},
): Promise<RunningBroker> {
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  // Nobody reads any more: the broker goes on.
  process.stderr.on("error", () => {});
  ignoreDebuggerSignal();
  const binding = await createBinding();
  // First of all: from here on nobody else of this user can look inside.
  hardenProcess(binding);
  const activated = takeOwnerSocket(process.env, process.pid, binding);
  await checkPlatform(binding);
  const broker = await startBroker({
    places: ownPlaces(options.home),
    binding,
    clock: { bootMs: () => binding.bootTimeMs(), wallMs: () => Date.now() },
    scheduler: systemScheduler,
    version: packageVersion(),
    relayScripts: options.relayScripts ?? [],
    activated,
    log,
  });
  const sweeping = setInterval(() => {
    try {
      broker.sweep();
    } catch {
      // Decisions do not hang on it: each call judges for itself, and refuses
      // when the clock or /proc cannot be read.
      log("a sweep failed; ended programs are found when they call");
    }
  }, sweepMs);
  return {
    places: broker.places,
    async stop() {
      clearInterval(sweeping);
      await broker.stop();
    },
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
