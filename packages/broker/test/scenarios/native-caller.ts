// SPDX-License-Identifier: Apache-2.0
import {
  type ChildProcess,
  execFileSync,
  type SpawnOptions,
  spawn,
} from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { type Answer, toAnswer } from "../caller.ts";

const source = join(import.meta.dirname, "caller.c");

/** The program of `caller.c`, compiled: a file of its own each time. */
export function compileCaller(directory: string, name = "caller"): string {
  return compile(directory, name, []);
}

/** The same as a library, to be loaded into another program. */
export function compileInjected(directory: string): string {
  return compile(directory, "injected.so", ["-DINJECTED", "-shared", "-fPIC"]);
}

const compiled = new Map<string, string>();

function compile(
  directory: string,
  name: string,
  flags: readonly string[],
): string {
  const key = flags.join(" ");
  let made = compiled.get(key);
  if (made === undefined) {
    const place = mkdtempSync(join(tmpdir(), "assent-native-"));
    process.once("exit", () => rmSync(place, { recursive: true, force: true }));
    made = join(place, "made");
    execFileSync("gcc", ["-O1", "-Wall", ...flags, "-o", made, source]);
    compiled.set(key, made);
  }
  const path = join(directory, name);
  copyFileSync(made, path);
  return path;
}

/** A running `caller.c`; see there for what it can be told. */
export interface NativeCaller {
  /** As it names itself: in a PID namespace, its number there. */
  readonly pid: number;
  readonly child: ChildProcess & { readonly pid: number };
  /** Give a command and take the next line. */
  do(command: string): Promise<string>;
  /** Give a command; the answer is a later line. */
  tell(command: string): void;
  /** The next line. */
  line(): Promise<string>;
  /** Send a call over its connection. */
  send(method: string, message?: object): Promise<string>;
  /** Take the answer of what was sent; status 0: the connection was closed. */
  receive(): Promise<Answer>;
  /** Both. */
  call(method: string, message?: object): Promise<Answer>;
  /** Let it and what it left end, and wait for it. */
  end(): Promise<void>;
}

/** How to start one. */
export interface NativeOptions extends SpawnOptions {
  readonly args?: readonly string[];
}

/** Start `program`, which is or becomes a `caller.c`. */
export async function startNative(
  program: string,
  { args = [], ...options }: NativeOptions = {},
): Promise<NativeCaller> {
  const child = spawn(program, [...args], {
    ...options,
    // Standard input would end with the first process, whoever has it then.
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const { stdout } = child;
  const commands = child.stdio[3] as Writable | null;
  if (commands === null || stdout === null || child.pid === undefined) {
    throw new Error(`${program} does not start`);
  }
  commands.on("error", () => undefined);
  const exited = new Promise<void>((resolve) =>
    child.once("exit", () => resolve()),
  );
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    return done ? "gone" : (value as string);
  };
  const tell = (command: string) => void commands.write(`${command}\n`);
  const ask = (command: string) => {
    tell(command);
    return line();
  };
  const send = (method: string, message: object = {}) =>
    ask(`send ${callBytes(method, message)}`);
  const receive = async () => {
    const told = await ask("receive");
    if (told === "closed") return toAnswer({ status: 0 });
    const [, status, hex = ""] = /^(\d{3}) ([0-9a-f]*)$/.exec(told) ?? [];
    if (status === undefined) throw new Error(`no answer, but ${told}`);
    const text = Buffer.from(hex, "hex").toString();
    return toAnswer({ status: Number(status), text, body: parsed(text) });
  };
  const ready = await line();
  return {
    pid: Number(/^ready (\d+)$/.exec(ready)?.[1]),
    child: child as NativeCaller["child"],
    do: ask,
    tell,
    line,
    send,
    receive,
    async call(method, message) {
      await send(method, message);
      return receive();
    },
    async end() {
      // Whoever obeys by now ends with its input, the first process perhaps not.
      commands.destroy();
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** An HTTP/1.1 request in hexadecimal; `method` as "Request" or "owner.v1.AccountService/ListAccounts". */
export function callBytes(method: string, message: object): string {
  const path = method.includes("/") ? method : `v1.BrokerService/${method}`;
  const body = Buffer.from(JSON.stringify(message));
  const head = [
    `POST /assent.${path} HTTP/1.1`,
    "host: localhost",
    "content-type: application/json",
    "assent-protocol-version: 1.0",
    `content-length: ${body.length}`,
    "\r\n",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), body]).toString("hex");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
