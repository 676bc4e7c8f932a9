// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { startCaller } from "./caller-process.ts";

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/**
 * A PID namespace of its own, with a /proc that shows it. In it nobody else
 * takes process ids, so that `CallerProcess.fork({ pid })` can choose them: the
 * way to give a process the pid that another one had. That one must have been a
 * fork, and reaped: who reaps what `inside` started is not ours to say.
 */
export interface PidNamespace {
  /**
   * A command that runs this one in the namespace. What is started is a
   * process outside; when that ends, the one inside gets `signal`, by default
   * SIGKILL, and its exit code is not told. Pids that the one inside tells are
   * those of the namespace.
   */
  inside(command: Command, signal?: "SIGTERM" | "SIGKILL"): Command;
  /** Ends every process in it. */
  close(): Promise<void>;
}

// The first process adopts orphans; a shell that waits reaps those too.
const first = "echo ready; while :; do sleep 86400 & wait $!; done";

/** @throws Error with what the system says, when there can be none */
export async function openPidNamespace(): Promise<PidNamespace> {
  const isRoot = process.geteuid?.() === 0;
  const holder = spawn(
    "unshare",
    [
      ...(isRoot ? [] : ["--user", "--map-root-user"]),
      ...["--pid", "--fork", "--mount-proc", "--kill-child"],
      ...["--", "sh", "-c", first],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const said: Buffer[] = [];
  holder.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  const ended = new Promise<void>((resolve) => {
    holder.once("error", (error) => {
      said.push(Buffer.from(error.message));
      resolve();
    });
    holder.once("close", () => resolve());
  });
  const isReady = await Promise.race([
    once(holder.stdout, "data").then(() => true),
    ended.then(() => false),
  ]);
  if (!isReady) throw new Error(Buffer.concat(said).toString().trim());
  const init = readFileSync(
    `/proc/${holder.pid}/task/${holder.pid}/children`,
    "utf8",
  ).trim();
  return {
    inside: (command, signal = "SIGKILL") => [
      "nsenter",
      // Where it is started, which entering a mount namespace would change.
      ...["--target", init, "--pid", "--mount", "--wd=."],
      ...(isRoot ? [] : ["--user", "--preserve-credentials"]),
      ...["--", "setpriv", "--pdeathsig", signal.slice("SIG".length)],
      ...["--", ...command],
    ],
    async close() {
      holder.kill("SIGKILL");
      await ended;
    },
  };
}

/** Any pid that is unlikely to be taken in a new namespace. */
const probePid = 4242;

/** Tries it with the C caller. What is missing; undefined: nothing. */
export async function canUsePidNamespace(
  nativeCaller: string,
): Promise<string | undefined> {
  if (process.platform !== "linux") return "Linux";
  try {
    const namespace = await openPidNamespace();
    try {
      const caller = await startCaller({
        command: namespace.inside([nativeCaller]),
      });
      const child = await caller.fork({ pid: probePid });
      return child.pid === probePid ? undefined : "pids that can be chosen";
    } finally {
      await namespace.close();
    }
  } catch (error) {
    return `a PID namespace, with unshare, nsenter and setpriv (apt-get install util-linux; in a container: --privileged). It says: ${(error as Error).message}`;
  }
}
