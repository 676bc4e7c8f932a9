// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Io } from "../io.ts";
import { isInForeground } from "../terminal/foreground.ts";
import { createMaskedOutput } from "./masked-output.ts";
import { notStarted, type OpenedCommand } from "./opened-command.ts";

/** A command that is to be started. */
export interface Job {
  readonly command: OpenedCommand;
  /** As it was typed: the command's own name for itself. */
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What is hidden in its output; empty: the output is the child's own. */
  readonly masked: readonly Uint8Array[];
}

/** A command that we only passed on has ended: our exit is to be as its own. */
export class JobEnded extends Error {
  override readonly name = "JobEnded";
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
  constructor(exitCode: number, signal: NodeJS.Signals | undefined) {
    super("the command ended");
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

const forwarded = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
] as const;

// A terminal tells these to everybody in front on it, so to the child as well.
const fromTerminal: ReadonlySet<string> = new Set([
  "SIGINT",
  "SIGQUIT",
  "SIGWINCH",
]);

/**
 * Start a command and pass on its output, our signals and its end.
 *
 * @throws CommandError when it could not be started
 */
export async function runJob(io: Io, job: Job): Promise<JobEnded> {
  const { command, name, args, environment, masked } = job;
  const outputs =
    masked.length === 0
      ? undefined
      : [io.stdout, io.stderr].map((target) =>
          createMaskedOutput(target, masked),
        );
  const child = spawn(command.executable(), args, {
    argv0: name,
    env: environment,
    stdio: ["inherit", ...(outputs?.map(({ stdio }) => stdio) ?? INHERITED)],
  });
  const passOn = (signal: NodeJS.Signals) => {
    if (fromTerminal.has(signal) && isInForeground()) return;
    child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, passOn);
  try {
    const own = [child.stdout, child.stderr];
    const relayed = outputs?.map((output, at) => output.relay(own[at] ?? null));
    const ended = await new Promise<JobEnded>((resolve, reject) => {
      child.once("error", (error: NodeJS.ErrnoException) =>
        reject(notStarted(name, reasons[error.code ?? ""] ?? "it failed")),
      );
      child.once("exit", (code, signal) =>
        resolve(new JobEnded(code ?? signalCode(signal), signal ?? undefined)),
      );
    });
    await Promise.all(relayed ?? []);
    return ended;
  } finally {
    for (const signal of forwarded) process.off(signal, passOn);
  }
}

const INHERITED = ["inherit", "inherit"] as const;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its interpreter is not there",
  EACCES: "it is not executable",
  ENOEXEC: "it is no program for this system",
  E2BIG: "its arguments and environment are too long",
};

// As shells tell it.
function signalCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
