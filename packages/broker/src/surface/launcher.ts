// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { isAbsolute } from "node:path";
import type { Readable } from "node:stream";
import type { Scheduler } from "../peer/scheduler.ts";
import { tellLines } from "./told-lines.ts";

/** Starts the broker's own surface when it is needed, one at a time. */
export interface SurfaceLauncher {
  /** Prompts wait that nobody shows. Starts the surface, unless it runs, rests, or the user left it with these. */
  wanted(promptIds: readonly string[]): void;
  /** It showed a prompt: it works. */
  worked(): void;
  /** Whether prompts are pending: without any it is ended after a while, unless it ends itself. */
  busy(isBusy: boolean): void;
  /** End it, and start none any more. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** What became of a surface, for whoever runs the broker. */
export interface SurfaceReport {
  started(pid: number): void;
  /** `code` undefined: by a signal, or it could not be started. */
  ended(code: number | undefined, detail: string | undefined): void;
  /** A line that it wrote on stderr; foreign text. */
  said(line: string): void;
}

/** What a launcher depends on. */
export interface SurfaceLauncherOptions {
  /**
   * The program and its arguments, of our own installation and never from the
   * environment (T14). It gets one end of a socket pair as descriptor 3, speaks
   * the owner services there, ends when that closes, and runs no other program
   * in its own place: an exec would end what makes it trusted (PRC-005).
   */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** It knows by itself when it is not needed: a page may be in use without a prompt. */
  readonly endsItself: boolean;
  readonly scheduler: Scheduler;
  /** Serve our end. Called in the same step in which the program was started. */
  readonly adopt: (socket: Socket, pid: number) => void;
  readonly report: SurfaceReport;
}

/** Without a prompt for so long a surface is ended, milliseconds. */
export const surfaceIdleMs = 60_000;
/** Time between being asked to end and being killed, milliseconds. */
export const surfaceGraceMs = 2_000;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;

/** @throws TypeError when the program is not named in full */
export function createSurfaceLauncher(
  options: SurfaceLauncherOptions,
): SurfaceLauncher {
  const { environment, scheduler, adopt, report } = options;
  const [program = "", ...args] = options.command;
  if (!isAbsolute(program)) {
    throw new TypeError("a surface is named by its absolute path");
  }
  let running: ChildProcess | undefined;
  let isStopped = false;
  let isResting = false;
  let failures = 0;
  /** Prompts that were pending when the user left it. */
  let declined: ReadonlySet<string> = new Set();
  let lastWanted: readonly string[] = [];
  let idle: (() => void) | undefined;
  let stopped: () => void = () => undefined;

  const fail = (code: number | undefined, detail: string | undefined) => {
    report.ended(code, detail);
    failures += 1;
    isResting = true;
    const restMs = shortestRestMs * 2 ** Math.min(failures - 1, 10);
    scheduler.after(Math.min(restMs, longestRestMs), () => {
      isResting = false;
    });
  };
  const start = () => {
    const child = spawn(program, args, {
      cwd: "/",
      env: { ...environment },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const [, , errors, socket] = child.stdio;
    if (child.pid === undefined) {
      child.once("error", (error: NodeJS.ErrnoException) =>
        fail(undefined, error.code),
      );
      return;
    }
    running = child;
    adopt(socket as Socket, child.pid);
    child.on("error", () => undefined);
    tellLines(errors as Readable, (line) => report.said(line));
    report.started(child.pid);
    child.once("exit", (code, signal) => {
      running = undefined;
      (socket as Socket).destroy();
      idle?.();
      idle = undefined;
      if (child.killed || code === 0) {
        report.ended(code ?? undefined, undefined);
        if (!child.killed) declined = new Set(lastWanted);
      } else {
        fail(code ?? undefined, signal ?? undefined);
      }
      stopped();
    });
  };
  const end = () => {
    const child = running;
    if (child === undefined) return;
    child.kill("SIGTERM");
    scheduler.after(surfaceGraceMs, () => {
      if (running === child) child.kill("SIGKILL");
    });
  };

  return {
    wanted(promptIds) {
      lastWanted = promptIds;
      const isNews = promptIds.some((id) => !declined.has(id));
      if (isStopped || isResting || running !== undefined || !isNews) return;
      start();
    },
    worked() {
      failures = 0;
    },
    busy(isBusy) {
      if (isBusy || running === undefined || options.endsItself) {
        idle?.();
        idle = undefined;
      } else {
        idle ??= scheduler.after(surfaceIdleMs, end);
      }
    },
    async stop() {
      isStopped = true;
      if (running === undefined) return;
      const gone = new Promise<void>((resolve) => {
        stopped = resolve;
      });
      end();
      await gone;
    },
  };
}
