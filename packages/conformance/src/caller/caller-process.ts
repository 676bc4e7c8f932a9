// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import type { CallerCommandSchema } from "@assent/protocol/conformance";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CallerConnection } from "./caller-connection.ts";
import { speak } from "./caller-driver.ts";

export { CallerConnection } from "./caller-connection.ts";
export { speak } from "./caller-driver.ts";
export { CallerError } from "./caller-error.ts";

/** How a caller is started. */
export interface CallerStart {
  /** What runs: the program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** What it is called as; by default its path. */
  readonly argv0?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /**
   * What it becomes (exec) before it is used: a path that may hold any bytes,
   * which no program can be started by from here. Needs the C caller.
   */
  readonly becomes?: Buffer;
}

/** How a caller becomes another program. */
export interface ExecOptions {
  /** The program is no caller: nothing can be told to it any more. */
  readonly foreign?: boolean;
  /** It runs from memory; its executable is in no folder. */
  readonly memfd?: boolean;
}

/** How a caller forks. */
export interface ForkOptions {
  /** Twice, so that the child is nobody's we know. */
  readonly orphan?: boolean;
  /** Which pid the child shall have; needs a PID namespace, or root. */
  readonly pid?: number;
}

/** Anything a caller can be told. */
export type Op = NonNullable<
  MessageInitShape<typeof CallerCommandSchema>["op"]
>;

/**
 * A process that the broker sees as a caller. It moves bytes for the runner and
 * does what processes do: fork, exec, hand a connection over, exit. What it is
 * told to do rejects with CallerError where it could not.
 */
export interface CallerProcess {
  /** As it sees itself; the same after an exec. */
  readonly pid: number;
  /** Absolute path of its executable, now. */
  readonly executable: string;
  /** The same, where it may hold any bytes. */
  readonly executableBytes: Buffer;
  /** "c" or "node". */
  readonly kind: string;
  /** Exit code or signal, once it has ended; null of a fork, once it tells nothing any more. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** A connection to an endpoint; it errors when the other end closes it with an error. */
  connect(endpoint: string): Promise<CallerConnection>;
  /** Anything else it can be told. Resolves with the pid of a fork's child, else 0. */
  command(op: Op): Promise<number>;
  /** Become another program, by default the caller again; resolves when that runs. */
  exec(
    path: string | Buffer,
    argv: readonly string[],
    keep: readonly CallerConnection[],
    options?: ExecOptions,
  ): Promise<void>;
  /** The child; it holds the same connections, see `take`. Its `pid` is its own. */
  fork(options?: ForkOptions): Promise<CallerProcess>;
  /** In a fork: from now on the connection, which its parent had when it forked, goes through it. */
  take(connection: CallerConnection): Promise<void>;
  /** Hand a connection to another caller; it goes on through that one. Both have it open. */
  pass(connection: CallerConnection, to: CallerProcess): Promise<void>;
  /** As many threads, each of which opens a connection and then stays. */
  threads(
    count: number,
    endpoint: string,
  ): Promise<readonly CallerConnection[]>;
  /** Call itself something else. */
  title(title: string): Promise<void>;
  /** Forbid others to look inside. */
  hide(): Promise<void>;
  /** Become another user, for good. */
  user(uid: number, gid: number): Promise<void>;
  /** Take the end of a child; before that an exited child is a zombie. */
  reap(pid: number): Promise<void>;
  /** Ends by itself; resolves when it has. */
  exit(code?: number): Promise<void>;
  /** Where its pid is not ours to see (a fork in a PID namespace): it ends by itself. */
  kill(signal?: NodeJS.Signals): void;
}

/** Start a caller and wait until it runs. @throws CallerError */
export async function startCaller(start: CallerStart): Promise<CallerProcess> {
  const [program, ...args] = start.command;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "inherit"],
    ...(start.argv0 === undefined ? {} : { argv0: start.argv0 }),
    env: { ...start.env },
    ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
  });
  const process = await speak(child, child.stdin, child.stdout);
  if (start.becomes !== undefined) {
    const argv0 = start.argv0 ?? start.becomes.toString();
    await process.exec(start.becomes, [argv0, ...args], []);
  }
  return process;
}
