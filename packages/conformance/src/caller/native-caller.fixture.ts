// SPDX-License-Identifier: Apache-2.0
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { nativeCaller } from "./native-caller.ts";

const found = nativeCaller();

/** The compiled caller, in tests that are told of by `withCaller`. */
export const callerPath: string = "path" in found ? found.path : "";

/** Tests of the real program; where it cannot be compiled they are told as not run. */
export function withCaller(name: string, tests: () => void): void {
  if ("path" in found) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`NOT RUN: ${name}\n  it needs ${found.missing}\n`);
  describe.skip(`${name}; NOT RUN without: ${found.missing}`, tests);
}

/** A test that needs something of the machine, and is told as not run without. */
export function testWith(
  missing: string | undefined,
  name: string,
  body: () => Promise<void>,
): void {
  if (missing === undefined) {
    test(name, body);
    return;
  }
  process.stderr.write(`NOT RUN: ${name}\n  it needs ${missing}\n`);
  test.skip(`${name}; NOT RUN without: ${missing}`, body);
}

/** A server on a Unix socket that keeps what it gets, connection by connection. */
export interface Listener {
  readonly path: string;
  readonly folder: string;
  readonly sockets: readonly Socket[];
  /** What the connection of this number, in order of coming, has sent. */
  got(index: number): Buffer;
  /** How many bytes that is. */
  size(index: number): number;
  close(): Promise<void>;
}

/** Starts one in a folder of its own. */
export async function listen(
  onConnection: (socket: Socket, index: number) => void = () => {},
): Promise<Listener> {
  const folder = mkdtempSync(join(tmpdir(), "assent-caller-"));
  const path = join(folder, "s.sock");
  const sockets: Socket[] = [];
  const data: Buffer[][] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const index = sockets.push(socket) - 1;
    const own: Buffer[] = [];
    data.push(own);
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => own.push(bytes));
    onConnection(socket, index);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    folder,
    sockets,
    got: (index) => Buffer.concat(data[index] ?? []),
    size: (index) =>
      (data[index] ?? []).reduce((sum, { length }) => sum + length, 0),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once the condition holds; the test's own time limit is the only one. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The sockets a process holds, by inode; standard error, which is ours, left out. */
export function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  return new Set(
    readdirSync(folder).flatMap((fd) => {
      if (fd === "2") return [];
      try {
        const target = readlinkSync(join(folder, fd));
        return target.startsWith("socket:") ? [target] : [];
      } catch {
        return [];
      }
    }),
  );
}

/** One letter: R, S, Z …; "" when there is no such process. */
export function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  } catch {
    return "";
  }
}

/** The pid of its parent. */
export function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
}
