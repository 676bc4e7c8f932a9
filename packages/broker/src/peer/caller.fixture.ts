// SPDX-License-Identifier: Apache-2.0
// A program that connects to a socket and does what it is told, one line of
// JSON at a time. Tests start it: a process is never its own peer.
import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import koffi from "koffi";

/** What the program can be told. */
export type CallerCommand =
  /** Connect; answers `connected`. */
  | { readonly connect: string }
  /** Connect from another thread; answers `connected`. */
  | { readonly connectFromThread: string }
  /** Start a child that holds the first connection; answers its pid. */
  | { readonly giveAway: true }
  /** PR_SET_DUMPABLE; answers. */
  | { readonly hide: boolean }
  /** Run a program in this process, connections kept; itself, when null. */
  | { readonly exec: string | null; readonly args?: readonly string[] }
  | { readonly exit: number };

const sockets: Socket[] = [];
const children: ChildProcess[] = [];

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function connectTo(path: string): void {
  const socket = connect(path, () => say({ connected: path }));
  socket.on("error", ({ code }: NodeJS.ErrnoException) => say({ error: code }));
  socket.on("close", () => say({ closed: path }));
  socket.resume();
  sockets.push(socket);
}

/** Duplicates of the connections that exec does not close. */
function keepSocketsOverExec(): void {
  const dup = koffi.load(null).func("int dup(int)");
  for (const socket of sockets) {
    dup((socket as unknown as { _handle: { fd: number } })._handle.fd);
  }
}

function obey(command: CallerCommand): void {
  if ("connect" in command) {
    connectTo(command.connect);
  } else if ("connectFromThread" in command) {
    new Worker(new URL(import.meta.url), {
      workerData: command.connectFromThread,
    });
  } else if ("giveAway" in command) {
    const [socket] = sockets;
    const child = spawn("/bin/sleep", ["1000"], {
      stdio: ["ignore", "ignore", "ignore", socket],
      detached: true,
    });
    children.push(child);
    say({ child: child.pid });
  } else if ("hide" in command) {
    const prctl = koffi.load(null).func("int prctl(int, ...)");
    const zero = ["ulong", 0, "ulong", 0, "ulong", 0];
    say({ hidden: prctl(4, "ulong", command.hide ? 0 : 1, ...zero) });
  } else if ("exec" in command) {
    keepSocketsOverExec();
    const program = command.exec ?? process.execPath;
    const args = command.exec === null ? process.argv.slice(1) : command.args;
    process.execve?.(program, [program, ...(args ?? [])], {
      PATH: "/usr/bin:/bin",
    });
  } else {
    process.exit(command.exit);
  }
}

if (!isMainThread) {
  const socket = connect(workerData as string, () =>
    process.stdout.write(`${JSON.stringify({ connected: workerData })}\n`),
  );
  socket.resume();
} else if (process.argv[2] === "connect-and-exit") {
  connect(process.argv[3] ?? "", () => process.exit(0));
} else if (process.argv[2] === "connect-until-told") {
  connect(process.argv[3] ?? "").once("data", () => process.exit(0));
} else {
  say({ ready: process.pid });
  createInterface({ input: process.stdin })
    .on("line", (line) => obey(JSON.parse(line) as CallerCommand))
    .on("close", () => process.exit(0));
}
