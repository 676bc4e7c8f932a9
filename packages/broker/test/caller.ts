// SPDX-License-Identifier: Apache-2.0

import { type SpawnOptions, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ErrorDetailSchema, Reason } from "@assent/protocol";
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { fromBinary } from "@bufbuild/protobuf";

/** The script that a caller runs. */
export const callerScript: string = fileURLToPath(
  new URL("caller.mjs", import.meta.url),
);

/** What came back from one call. */
export interface Answer {
  /** HTTP status; 0: no answer, the stream or the connection ended. */
  readonly status: number;
  /** Protocol version header. */
  readonly version: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any method, judged by the tests.
  readonly body: any;
  readonly text: string;
  /** All that was received: headers and body, as text. */
  readonly received: string;
  /** Connect code; undefined: the call succeeded, or there was no answer. */
  readonly code: string | undefined;
  /** Reason of the error detail, without its prefix. */
  readonly reason: string | undefined;
}

/** A call on its way. */
export interface Calling extends Promise<Answer> {
  /** Reset the stream. */
  cancel(): Promise<void>;
  /** Reset the stream in the middle of the body: `cancel` ends the body first. */
  reset(): Promise<void>;
  /** Go on with an answer that was stalled. */
  read(): Promise<void>;
}

/** Options of one call. */
export interface CallOptions {
  /** Name of the connection; calls with the same name share one. */
  readonly on?: string;
  readonly headers?: Record<string, string>;
  /** The body as it is, in base64. */
  readonly raw?: string;
  /** Do not read the answer before `read` is called. */
  readonly stall?: boolean;
  /** Send the whole body, and never say that it is whole. */
  readonly hold?: boolean;
}

/** How to start a caller. */
export interface CallerOptions {
  readonly brokerSocket: string;
  readonly ownerSocket: string;
  /** Executable; by default this Node. */
  readonly file?: string;
  readonly args?: readonly string[];
  readonly spawn?: SpawnOptions;
}

/** A real process that calls the broker. */
export interface Caller {
  readonly pid: number;
  /** What its executable was started with. */
  readonly args: readonly string[];
  /** A method of BrokerService. */
  broker(method: string, message?: object, options?: CallOptions): Calling;
  /** A method of an owner service, as `SessionService/ListSessions`. */
  owner(method: string, message?: object, options?: CallOptions): Calling;
  /** A server stream of the owner channel: `next` waits for a message that satisfies. */
  watch(method: string, message?: object, on?: string): Watching;
  act(action: object): Promise<{ readonly value?: unknown }>;
  /** Tell it, without waiting for an answer. */
  tell(action: object): void;
  /** It starts a child that runs the same script, and outlives it. */
  fork(): Promise<Caller>;
  /** After an exec of the same script: it says again that it is ready. */
  ready(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Messages of a stream. */
export interface Watching {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any method, judged by the tests.
  next(satisfies?: (event: any) => boolean): Promise<any>;
  /** Reset the stream. */
  cancel(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: lines of the caller's own protocol.
type Line = any;

/** Where the lines of a caller come from and go to. */
interface Reins {
  readonly pid: number;
  readonly args: readonly string[];
  tell(line: string): void;
  /** Called once for each line that comes. */
  listen(listener: (line: Line) => void): void;
  readonly exited: Promise<void>;
}

/** Start a caller and wait until it listens to us. */
export async function startCaller(options: CallerOptions): Promise<Caller> {
  const args = options.args ?? [callerScript];
  const child = spawn(options.file ?? process.execPath, args, {
    ...options.spawn,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  stdin.on("error", () => {});
  const caller = drive(
    {
      pid: child.pid ?? -1,
      args,
      tell: (line) => void stdin.write(line),
      listen: (listener) => listenTo(stdout, listener),
      exited: new Promise((resolve) => child.once("exit", () => resolve())),
    },
    options,
  );
  await Promise.race([
    caller.ready(),
    new Promise((_, reject) => child.once("error", reject)),
  ]);
  return caller;
}

/** A caller that another one starts, told over a socket of its own: it outlives its parent, and an exec. */
async function forkCaller(
  parent: Caller,
  options: CallerOptions,
): Promise<Caller> {
  const path = join(tmpdir(), `assent-caller-${randomUUID()}`);
  const early: Line[] = [];
  let listener: (line: Line) => void = (line) => early.push(line);
  let current: Socket | undefined;
  let isOver = false;
  let over = () => {};
  const exited = new Promise<void>((resolve) => {
    over = resolve;
  });
  const server = createServer((socket) => {
    current = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      if (current === socket) current = undefined;
      if (isOver) over();
    });
    listenTo(socket, (line) => listener(line));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const { value } = await parent.act({ do: "fork", control: path });
  const caller = drive(
    {
      pid: Number(value),
      args: [...parent.args.slice(0, 1), path],
      tell: (line) => void current?.write(line),
      listen: (next) => {
        listener = next;
        for (const line of early.splice(0)) next(line);
      },
      exited,
    },
    options,
  );
  await caller.ready();
  return {
    ...caller,
    async kill(signal) {
      isOver = true;
      server.close();
      // It may have gone by itself.
      if (current === undefined) over();
      else await caller.kill(signal);
    },
  };
}

function listenTo(stream: Readable, listener: (line: Line) => void): void {
  createInterface({ input: stream }).on("line", (text) =>
    listener(JSON.parse(text)),
  );
}

function drive(reins: Reins, options: CallerOptions): Caller {
  const listeners = new Map<string, (line: Line) => void>();
  let last = 0;
  let isGone = false;
  let unclaimed = 0;
  let isReady: (() => void) | undefined;
  const ready = async () => {
    if (unclaimed === 0) {
      await new Promise<void>((resolve) => {
        isReady = resolve;
      });
    }
    unclaimed -= 1;
  };
  reins.listen((line) => {
    if (line.id === "ready") {
      unclaimed += 1;
      isReady?.();
    }
    listeners.get(line.id)?.(line);
  });
  const tell = (action: object) => reins.tell(`${JSON.stringify(action)}\n`);
  void reins.exited.then(() => {
    isGone = true;
    for (const listener of listeners.values()) listener({ status: 0 });
  });

  const ask = (action: object): { id: string; line: Promise<Line> } => {
    last += 1;
    const id = `${last}`;
    const line = new Promise<Line>((resolve) => {
      listeners.set(id, (answer) => {
        listeners.delete(id);
        resolve(answer);
      });
      tell({ id, ...action });
    });
    return { id, line };
  };
  const call = (
    path: string,
    method: string,
    message: object,
    callOptions: CallOptions,
    on: string,
  ): Calling => {
    const { id, line } = ask({
      do: "call",
      on,
      path,
      method,
      message,
      ...callOptions,
    });
    return Object.assign(line.then(toAnswer), {
      cancel: async () => void (await ask({ do: "cancel", of: id }).line),
      reset: async () => void (await ask({ do: "reset", of: id }).line),
      read: async () => void (await ask({ do: "read", of: id }).line),
    });
  };
  const caller: Caller = {
    pid: reins.pid,
    args: reins.args,
    fork: () => forkCaller(caller, options),
    broker: (method, message = {}, callOptions = {}) =>
      call(
        options.brokerSocket,
        `assent.v1.BrokerService/${method}`,
        message,
        callOptions,
        "broker",
      ),
    owner: (method, message = {}, callOptions = {}) =>
      call(
        options.ownerSocket,
        `assent.owner.v1.${method}`,
        message,
        callOptions,
        "owner",
      ),
    watch(method, message = {}, on = "owner") {
      last += 1;
      const id = `${last}`;
      const events: Line[] = [];
      let wake = () => {};
      listeners.set(id, (line) => {
        events.push(line.event ?? { closed: true });
        wake();
      });
      tell({
        do: "watch",
        id,
        on,
        path: options.ownerSocket,
        method: `assent.owner.v1.${method}`,
        message,
      });
      return {
        cancel: async () => void (await ask({ do: "cancel", of: id }).line),
        async next(satisfies = () => true) {
          for (;;) {
            const event = events.shift();
            if (event !== undefined && satisfies(event)) return event;
            if (event?.closed) throw new Error("the stream ended");
            if (event === undefined) {
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
            }
          }
        },
      };
    },
    act: (action) => ask(action).line,
    tell,
    ready,
    async kill(signal = "SIGKILL") {
      if (!isGone) process.kill(reins.pid, signal);
      await reins.exited;
    },
  };
  return caller;
}

/** What a status and a body of JSON mean. */
export function toAnswer(line: Line): Answer {
  const failed = line.status !== 200;
  const detail = failed ? line.body?.details?.[0] : undefined;
  const reason: string | undefined =
    detail?.debug?.reason ?? reasonFrom(detail?.value, detail?.type);
  return {
    status: line.status ?? 0,
    version: line.version,
    body: line.body,
    text: line.text ?? "",
    received: `${JSON.stringify(line.headers ?? {})}${line.text ?? ""}`,
    code: failed ? line.body?.code : undefined,
    reason: reason?.replace(/^(OWNER_)?REASON_/, ""),
  };
}

function reasonFrom(
  value: string | undefined,
  type: string | undefined,
): string | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, "base64");
  return type === OwnerErrorDetailSchema.typeName
    ? nameOf(OwnerReason, fromBinary(OwnerErrorDetailSchema, bytes).reason)
    : nameOf(Reason, fromBinary(ErrorDetailSchema, bytes).reason);
}

function nameOf(values: Record<string, number>, value: number): string {
  return (
    Object.keys(values).find((name) => values[name] === value) ?? `${value}`
  );
}
