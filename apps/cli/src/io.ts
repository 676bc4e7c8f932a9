// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import type { Readable, Writable } from "node:stream";
import { type BrokerSignals, listenToSignals } from "./broker-signals.ts";
import { openTerminal, type Terminal } from "./terminal/terminal.ts";

/** Everything a command has of the world. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** Numeric user id. */
  readonly userId: number;
  /** Time of day, milliseconds. */
  now(): number;
  /** The terminal of the person, whatever stdin and stdout are. @throws when there is none */
  openTerminal(): Terminal;
  /**
   * Aborted when the user interrupts the command (SIGINT, SIGTERM, SIGHUP),
   * once a command asked for it; otherwise it ends at once.
   */
  interruptSignal(): AbortSignal;
  /** The same for the broker, which also reloads. */
  brokerSignals(): BrokerSignals;
  /** End as a command of ours did, by its signal; returns where that is not done. */
  endBy(signal: NodeJS.Signals): void;
}

const dumping: ReadonlySet<string> = new Set([
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGQUIT",
  "SIGSEGV",
  "SIGSYS",
  "SIGTRAP",
  "SIGXCPU",
  "SIGXFSZ",
]);

/** The world of this process. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    homeDirectory: homedir(),
    userId: process.getuid?.() ?? -1,
    now: () => Date.now(),
    openTerminal: () => openTerminal("/dev/tty"),
    interruptSignal() {
      const controller = new AbortController();
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        // The second one ends it, whatever the command is doing.
        process.once(name, () => controller.abort());
      }
      return controller.signal;
    },
    endBy(signal) {
      // A core of ours would hold secrets; the exit code tells it as well.
      if (dumping.has(signal)) return;
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    },
    brokerSignals: listenToSignals,
  };
}

/** Write a line; resolves when it was taken. */
export function writeLine(stream: Writable, line: string): Promise<void> {
  return write(stream, `${line}\n`);
}

/** Write text or bytes as they are; resolves when they were taken. */
export function write(
  stream: Writable,
  data: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
