// SPDX-License-Identifier: Apache-2.0
// Starts the programs that tests need, and says loudly which could not run.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, test } from "vitest";
import type { PeerBinding } from "./binding.ts";
import type { CallerCommand } from "./caller.fixture.ts";
import { createBinding } from "./platform.ts";
import { systemScheduler } from "./scheduler.ts";

/** A user that is not us; only root can start its processes. */
export const nobody = 65_534;

/** The system calls of this machine. */
export const binding: PeerBinding = await createBinding();

/** What a describer needs, with real clocks. */
export const real = {
  binding,
  scheduler: systemScheduler,
  wallMs: (): number => Date.now(),
  // Tests must not depend on how fast a file is hashed.
  deadlineMs: 20_000,
};

const started = new Set<ChildProcess>();
const directories = new Set<string>();
const servers = new Map<Server, Set<Socket>>();

afterEach(async () => {
  for (const [server, sockets] of servers) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  servers.clear();
  const running = [...started].filter(
    (child) => child.exitCode === null && child.signalCode === null,
  );
  // All first: one that is traced does not end before its tracer.
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(running.map((child) => once(child, "exit")));
  started.clear();
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true });
  }
  directories.clear();
});

/** A fresh directory, removed after the test. */
export function temporaryDirectory(mode = 0o700): string {
  const directory = mkdtempSync(join(tmpdir(), "assent-test-"));
  chmodSync(directory, mode);
  directories.add(directory);
  return directory;
}

/** A place in which nobody else can write: below this checkout, or below home, or for root the system's own; undefined: none is one. */
export const privatePlace: string | undefined = [
  join(import.meta.dirname, "../../../../node_modules"),
  homedir(),
  ...(process.geteuid?.() === 0 ? ["/var/lib"] : []),
].find((path) => existsSync(path) && isPrivate(path));

/** A fresh directory in {@link privatePlace}, removed after the test. */
export function privateDirectory(): string {
  const directory = mkdtempSync(join(privatePlace ?? "", ".assent-test-"));
  directories.add(directory);
  return directory;
}

function isPrivate(path: string): boolean {
  const { uid, mode } = statSync(path);
  const ours = uid === 0 || uid === process.geteuid?.();
  if (!ours || (mode & 0o022) !== 0) return false;
  return path === "/" || isPrivate(dirname(path));
}

/** A child, ended after the test. */
export function start(
  program: string,
  args: readonly string[] = [],
  options: Parameters<typeof spawn>[2] = {},
): ChildProcess & { readonly pid: number } {
  const child = spawn(program, [...args], {
    stdio: ["pipe", "pipe", "inherit"],
    ...options,
  });
  if (child.pid === undefined) throw new Error(`${program} does not start`);
  started.add(child);
  return child as ChildProcess & { readonly pid: number };
}

/** A copy of the shell under another name; it lives until its input ends. */
export function shellNamed(directory: string, name: string): string {
  const path = join(directory, name);
  copyFileSync(realpathSync("/bin/sh"), path);
  chmodSync(path, 0o755);
  return path;
}

/** Path of a fixture in this folder. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url));
}

/** A program that speaks lines of JSON. */
export interface Talker {
  readonly child: ChildProcess & { readonly pid: number };
  /** The next line. */
  next(): Promise<Record<string, unknown>>;
  /** Give a command. */
  tell(command: object): void;
  /** Give a command and take the next line. */
  ask(command: object): Promise<Record<string, unknown>>;
}

/** Start a Node program that speaks lines of JSON. */
export function talk(
  args: readonly string[],
  options: Parameters<typeof spawn>[2] = {},
  program: string = process.execPath,
): Talker {
  const child = start(program, args, options);
  if (child.stdout === null) throw new Error("no output");
  const lines = createInterface({ input: child.stdout })[
    Symbol.asyncIterator
  ]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${args.join(" ")} says nothing more`);
    return JSON.parse(value) as Record<string, unknown>;
  };
  const tell = (command: object) => {
    child.stdin?.write(`${JSON.stringify(command)}\n`);
  };
  return {
    child,
    next,
    tell,
    ask(command) {
      tell(command);
      return next();
    },
  };
}

/** The program that connects; it is ready. */
export async function startCaller(
  options: Parameters<typeof spawn>[2] = {},
): Promise<
  Omit<Talker, "ask" | "tell"> & {
    tell(command: CallerCommand): void;
    ask(command: CallerCommand): Promise<Record<string, unknown>>;
  }
> {
  const caller = talk([fixture("caller")], options);
  await caller.next();
  return caller;
}

/** A listening socket that hands over what it accepts, in order. */
export interface Listening {
  readonly path: string;
  readonly server: Server;
  /** What `look` returned for the next connection. */
  accepted<T>(look: (socket: Socket) => T): Promise<T>;
}

/** Listens without any of the channel's care. */
export async function listen(directory: string): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  servers.set(server, sockets);
  const path = join(directory, "s");
  server.listen(path);
  await once(server, "listening");
  return {
    path,
    server,
    accepted: (look) =>
      new Promise((resolve, reject) => {
        server.once("connection", (socket: Socket) => {
          try {
            resolve(look(socket));
          } catch (error) {
            reject(error);
          }
        });
      }),
  };
}

/** Resolves once the condition holds; the test's own time limit is the only one. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a program runs here and ends well. */
export function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/**
 * A test that needs something of the machine. Where that is missing, the test
 * is skipped and says so, and how to get it.
 */
export function testWhen(
  available: boolean,
  needs: string,
): typeof test | typeof test.skip {
  if (available) return test;
  return ((name: string, ...rest: never[]) => {
    process.stderr.write(`NOT RUN: ${name}\n  it needs ${needs}\n`);
    return (test.skip as (...args: unknown[]) => void)(name, ...rest);
  }) as typeof test.skip;
}

/** Whether we are root, and so can start processes of others. */
export const isRoot: boolean = process.geteuid?.() === 0;
