// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program as people start it: what the build made of the sources. */
export const mainScript: string = fileURLToPath(
  new URL("../dist/assent.js", import.meta.url),
);

const cheapPasswords = new URL("cheap-passwords.mjs", import.meta.url).href;

/** The real broker, in a process and a home of its own. */
export interface Daemon extends AsyncDisposable {
  readonly home: string;
  readonly process: ChildProcess;
  /** What it wrote so far, both streams. */
  readonly output: () => string;
  /** Ask it to stop, and wait: its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Start `assent broker run`; resolves once it serves. Passwords cost it next to
 * nothing; what they cost people is kept in activation.test.ts, systemd.test.ts
 * and conformance.test.ts, whose brokers are started plainly.
 */
export async function startDaemon(): Promise<Daemon> {
  const home = mkdtempSync(join(tmpdir(), "assent-e2e-"));
  const child = startCommand([
    process.execPath,
    `--import=${cheapPasswords}`,
    ...[mainScript, "broker", "run", "--home", home],
  ]);
  const exited = new Promise<number | null>((resolve) =>
    child.process.once("exit", resolve),
  );
  await child.says("Assent is running");
  const stop = () => {
    child.process.kill("SIGTERM");
    return exited;
  };
  return {
    home,
    process: child.process,
    output: child.output,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A process of the command line, or of another script. */
export interface RunningProcess {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves once the output holds the text; rejects when it ends before. */
  says(text: string): Promise<void>;
  /** Resolves when it ended and its output is complete. */
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

const running = new Set<ChildProcess>();

/** End what a test that failed left running. */
export function endProcesses(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Start `assent` with arguments, as a process. */
export function startProcess(
  args: readonly string[],
  script: string = mainScript,
): RunningProcess {
  return startCommand([process.execPath, script, ...args]);
}

/** Start any command. */
export function startCommand(words: readonly string[]): RunningProcess {
  const [command = "", ...args] = words;
  const { ASSENT_HOME: _, ASSENT_ENDPOINT: __, ...env } = process.env;
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env,
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let out = "";
  let err = "";
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", (chunk) => {
    out += chunk;
    notify();
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
    notify();
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>(
    (resolve) => child.once("close", (code) => resolve({ code, out, err })),
  );
  return {
    process: child,
    output: () => out + err,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!(out + err).includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) =>
          reject(
            new Error(`ended (${code}) before it said "${text}": ${out}${err}`),
          ),
        );
      }),
  };
}
