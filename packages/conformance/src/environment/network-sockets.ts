// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Duplex } from "node:stream";

/** A TCP socket that listens. */
export interface NetworkSocket {
  readonly address: string;
  readonly port: number;
  /** Whose it is. */
  readonly uid: number;
}

const listening = "0A";

/** Every TCP socket that listens in the network of a process. */
export function listeningSockets(
  pid: number | "self",
): readonly NetworkSocket[] {
  return [...tableOf(pid, "tcp", ipv4), ...tableOf(pid, "tcp6", ipv6)];
}

function tableOf(
  pid: number | "self",
  name: "tcp" | "tcp6",
  toAddress: (hex: string) => string,
): NetworkSocket[] {
  return readFileSync(`/proc/${pid}/net/${name}`, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === listening)
    .map((fields) => {
      const [address = "", port = ""] = (fields[1] ?? "").split(":");
      return {
        address: toAddress(address),
        port: Number.parseInt(port, 16),
        uid: Number(fields[7]),
      };
    });
}

// The kernel prints each 32 bits as a number of this machine.
function bytesOf(hex: string): Buffer {
  const bytes = Buffer.from(hex, "hex");
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
    ? bytes.swap32()
    : bytes;
}

function ipv4(hex: string): string {
  const address = bytesOf(hex).join(".");
  return address === "0.0.0.0" ? "127.0.0.1" : address;
}

function ipv6(hex: string): string {
  const groups = bytesOf(hex).toString("hex").match(/.{4}/g) ?? [];
  const address = groups.join(":");
  return /^[0:]*$/.test(address) ? "::1" : address;
}

const joins = `
const socket = require("node:net").connect(Number(process.argv[2]), process.argv[1]);
socket.on("error", () => process.exit(1));
process.stdin.on("error", () => {}).pipe(socket).pipe(process.stdout.on("error", () => {}));
socket.on("close", () => process.exit(0));
`;

/** A connection to one of them, made in the network of that process. */
export function connectInNetwork(
  pid: number | "self",
  { address, port }: NetworkSocket,
): Duplex {
  const joined = [process.execPath, "-e", joins, address, `${port}`] as const;
  const isRoot = process.geteuid?.() === 0;
  const [program, ...args] =
    pid === "self"
      ? joined
      : ([
          "nsenter",
          ...["--target", `${pid}`, "--net"],
          ...(isRoot ? [] : ["--user", "--preserve-credentials"]),
          ...["--", ...joined],
        ] as const);
  const child = spawn(program as string, args, {
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const { stdout: readable, stdin: writable } = child;
  // Its types know no streams of Node here.
  const pipe: Duplex = Duplex.from({ readable, writable } as never);
  pipe.on("error", () => {});
  pipe.on("close", () => child.kill("SIGKILL"));
  return pipe;
}
