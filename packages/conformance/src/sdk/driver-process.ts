// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import {
  type DriverRequest,
  DriverRequestSchema,
  type DriverResponse,
  DriverResponseSchema,
} from "@assent/protocol/conformance";
import {
  create,
  fromBinary,
  fromJsonString,
  type MessageInitShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { createUnframer, frame } from "../caller/framing.ts";
import { Failure } from "../case/verdict.ts";
import { endWithGroup, mostPrinted } from "../implementation/process-group.ts";

/** How messages of the driver protocol are framed. */
export type Framing = "proto" | "json";

/** How a driver is started. */
export interface DriverStart {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly framing: Framing;
  /** Until it has to answer, milliseconds; undefined: as long as it takes. */
  readonly answerMs?: number | undefined;
  /** Told each thing it is told, and what it answers. */
  readonly onTold?: (line: string) => void;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Anything a driver can be told. */
export type DriverOp = NonNullable<
  MessageInitShape<typeof DriverRequestSchema>["op"]
>;
/** What a driver answers. */
export type DriverResult = DriverResponse["result"];

/** The driver could not be started or does not speak the driver protocol. */
export class DriverError extends Error {
  override readonly name = "DriverError";
}

/** The SDK under test: a program that does with it what it is told. */
export interface DriverProcess {
  readonly pid: number;
  readonly isRunning: boolean;
  /** Exit code or signal, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** All it printed on standard error. */
  stderr(): Buffer;
  /** Every result so far. */
  readonly results: readonly DriverResult[];
  /** Tell it something; the id that cancels it, and what comes of it. */
  tell(op: DriverOp): {
    readonly id: bigint;
    readonly result: Promise<DriverResult>;
  };
  kill(): void;
}

/** Until a driver has to answer when nothing else is said, milliseconds. */
export const usualAnswerMs = 15_000;

/** Start one. What it is told rejects with Failure when it is not answered. */
export function startDriver(start: DriverStart): DriverProcess {
  const [program, ...args] = start.command;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...start.env },
  });
  endWithGroup(child);
  const stderr: Buffer[] = [];
  let printed = 0;
  const results: DriverResult[] = [];
  const waiting = new Map<
    bigint,
    { resolve: (result: DriverResult) => void; reject: (why: Error) => void }
  >();
  let last = 0n;
  let isRunning = true;
  let broken: Error | undefined;

  const failAll = (error: Error) => {
    broken ??= error;
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  };
  const end = (why: string) => {
    failAll(new DriverError(why));
    child.kill("SIGKILL");
  };
  const receive = (read: () => DriverResponse) => {
    try {
      const { id, result } = read();
      results.push(result);
      start.onTold?.(`${child.pid}  ← ${id} ${shown(result)}`);
      waiting.get(id)?.resolve(result);
      waiting.delete(id);
    } catch (error) {
      failAll(
        new DriverError(
          `what the driver wrote on its standard output is no message of the driver protocol: ${(error as Error).message}`,
        ),
      );
    }
  };
  const read = reader(start.framing, receive);
  child.stdin.on("error", () => {});
  child.stdout.on("data", (bytes: Buffer) => {
    try {
      read(bytes);
    } catch (error) {
      end(`the driver: ${(error as Error).message}`);
    }
  });
  child.stderr.on("data", (bytes: Buffer) => {
    printed += bytes.length;
    if (printed <= mostPrinted) stderr.push(bytes);
    else end("the driver prints more than 16 MiB on its standard error");
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("error", (error) => {
      isRunning = false;
      failAll(new DriverError(`the driver did not start: ${error.message}`));
      resolve(null);
    });
    child.once("close", (code, signal) => {
      isRunning = false;
      const what = Buffer.concat(stderr).toString().slice(-2_000);
      failAll(
        new Failure(
          "the program",
          "to go on",
          `it ended (${code ?? signal})${what && `: ${what}`}`,
        ),
      );
      resolve(code ?? signal);
    });
  });

  return {
    pid: child.pid ?? 0,
    get isRunning() {
      return isRunning;
    },
    ended,
    stderr: () => Buffer.concat(stderr),
    results,
    tell(op) {
      last += 1n;
      const id = last;
      const result = new Promise<DriverResult>((resolve, reject) => {
        if (broken !== undefined) {
          reject(broken);
          return;
        }
        const { answerMs } = start;
        const timer =
          answerMs === undefined
            ? undefined
            : setTimeout(() => {
                waiting.delete(id);
                const got = `${op.case} did not end within ${answerMs / 1_000} s`;
                reject(new Failure("every call", "to end", got));
              }, answerMs);
        waiting.set(id, {
          resolve(value) {
            clearTimeout(timer);
            resolve(value);
          },
          reject(why) {
            clearTimeout(timer);
            reject(why);
          },
        });
      });
      // Who waits for it hears of it; nobody else needs to.
      result.catch(() => {});
      start.onTold?.(`${child.pid}  → ${id} ${op.case}`);
      child.stdin.write(
        written(start.framing, create(DriverRequestSchema, { id, op })),
      );
      return { id, result };
    },
    kill() {
      if (isRunning) child.kill("SIGKILL");
    },
  };
}

/** A result in a word or two; never what was read. */
function shown({ case: kind, value }: DriverResult): string {
  if (kind === "error") return `error ${value.nativeType}`;
  return kind === "unsupported" ? `unsupported: ${value}` : (kind ?? "nothing");
}

function written(framing: Framing, request: DriverRequest): Uint8Array {
  return framing === "proto"
    ? frame(toBinary(DriverRequestSchema, request))
    : Buffer.from(`${toJsonString(DriverRequestSchema, request)}\n`);
}

function reader(
  framing: Framing,
  receive: (read: () => DriverResponse) => void,
): (bytes: Buffer) => void {
  if (framing === "proto") {
    return createUnframer((message) =>
      receive(() => fromBinary(DriverResponseSchema, message)),
    );
  }
  let kept = "";
  const decoder = new TextDecoder();
  return (bytes) => {
    const text = decoder.decode(bytes, { stream: true });
    if (kept.length > mostPrinted) throw new Error("a line beyond 16 MiB");
    if (!text.includes("\n")) {
      kept += text;
      return;
    }
    const lines = (kept + text).split("\n");
    kept = lines.pop() ?? "";
    for (const line of lines) {
      if (line.trim() === "") continue;
      receive(() => fromJsonString(DriverResponseSchema, line));
    }
  };
}
