// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";
import {
  CallerCommandSchema,
  type CallerEvent,
  CallerEventSchema,
} from "@assent/protocol/conformance";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { CallerConnection, type Holder } from "./caller-connection.ts";
import { CallerError } from "./caller-error.ts";
import type { CallerProcess, Op } from "./caller-process.ts";
import { createUnframer, frame } from "./framing.ts";
import { whoComes, withMeetingPlace } from "./meeting-place.ts";

/** What one caller's driver knows of another. */
interface Inside extends Holder {
  /** A number for a connection that it will have. */
  expect(connection: CallerConnection): number;
  /** It is not there, or not there any more. */
  release(number: number): void;
}

const insides = new WeakMap<CallerProcess, Inside>();
const holders = new WeakMap<CallerConnection, Inside>();

/** What a fork has of its parent. */
interface Parentage {
  readonly lastConnection: number;
  /** Its pid means the same to us. */
  readonly seesOurPids: boolean;
}

/** Speak to a caller over any two streams: a child's, or the socket of a fork. */
export async function speak(
  child: ChildProcess | undefined,
  input: NodeJS.WritableStream,
  output: NodeJS.ReadableStream,
  parentage: Parentage = { lastConnection: 0, seesOurPids: false },
): Promise<CallerProcess> {
  const connections = new Map<number, CallerConnection>();
  const waiting = new Map<bigint, (event: CallerEvent["event"]) => void>();
  let lastId = 0n;
  let { lastConnection } = parentage;
  let alive = true;
  let isForeign = false;
  let onStarted: (event: CallerEvent["event"]) => void = () => {};

  const startedEvent = () =>
    new Promise<CallerEvent["event"]>((resolve) => {
      onStarted = resolve;
    });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    const over = (value: number | NodeJS.Signals | null) => {
      alive = false;
      for (const answer of waiting.values()) {
        answer({ case: "failed", value: "it has ended" });
      }
      waiting.clear();
      onStarted({ case: "failed", value: "it has ended" });
      for (const connection of connections.values()) connection.destroy();
      resolve(value);
    };
    if (child === undefined) output.once("close", () => over(null));
    else {
      child.once("error", () => over(null));
      child.once("close", (code, signal) => over(code ?? signal));
    }
  });

  const send = async (op: Op): Promise<number> => {
    if (!alive) throw new CallerError("the caller has ended");
    if (isForeign) throw new CallerError("the caller is another program");
    lastId += 1n;
    const id = lastId;
    const answer = new Promise<CallerEvent["event"]>((resolve) =>
      waiting.set(id, resolve),
    );
    const message = create(CallerCommandSchema, { id, op });
    input.write(frame(toBinary(CallerCommandSchema, message)));
    const event = await answer;
    if (event.case === "done") return event.value.newPid;
    throw new CallerError(
      `the caller could not ${op.case}: ${event.case === "failed" ? event.value : event.case}`,
    );
  };

  const take = createUnframer((bytes) => {
    const { id, event } = fromBinary(CallerEventSchema, bytes);
    if (event.case === "data") {
      // A view of a buffer that is used again.
      const connection = connections.get(event.value.connection);
      const bytes = Buffer.from(event.value.data);
      connection?.received.push(bytes);
      connection?.push(bytes);
    } else if (event.case === "closed") {
      const connection = connections.get(event.value.connection);
      connections.delete(event.value.connection);
      if (connection !== undefined) end(connection);
    } else if (event.case === "started") onStarted(event);
    else {
      waiting.get(id)?.(event);
      waiting.delete(id);
    }
  });
  input.on("error", () => {});
  output.on("data", (bytes: Buffer) => {
    try {
      take(bytes);
    } catch {
      child?.kill("SIGKILL");
    }
  });

  let now = asStarted(await startedEvent());
  const seesOurPids =
    parentage.seesOurPids || (child !== undefined && child.pid === now.pid);
  const inside: Inside = {
    send,
    isAlive: () => alive && !isForeign,
    expect(connection) {
      lastConnection += 1;
      connections.set(lastConnection, connection);
      return lastConnection;
    },
    release: (number) => connections.delete(number),
  };

  function newConnection(): CallerConnection {
    const connection = new CallerConnection(lastConnection + 1, inside);
    inside.expect(connection);
    holders.set(connection, inside);
    return connection;
  }

  /** Whoever held it before reads it no more, and we know it under this number. */
  async function move(
    connection: CallerConnection,
    to: Inside,
    number: (before: number) => Promise<number>,
  ): Promise<void> {
    const before = connection.number;
    const from = holders.get(connection);
    if (from?.isAlive()) {
      await from.send({
        case: "pause",
        value: { connection: before, paused: true },
      });
    }
    connection.moveTo(await number(before), to);
    from?.release(before);
    holders.set(connection, to);
  }

  const caller: CallerProcess = {
    get pid() {
      return now.pid;
    },
    get executable() {
      return now.executable.toString();
    },
    get executableBytes() {
      return now.executable;
    },
    get kind() {
      return now.kind;
    },
    ended,
    async connect(endpoint) {
      const connection = newConnection();
      const { number } = connection;
      try {
        await send({
          case: "connect",
          value: { connection: number, endpoint },
        });
      } catch (error) {
        connections.delete(number);
        throw error;
      }
      return connection;
    },
    command: send,
    async exec(path, argv, keep, { foreign = false, memfd = false } = {}) {
      const runs = foreign
        ? new Promise<void>((resolve) => output.once("end", resolve))
        : startedEvent().then((event) => {
            now = asStarted(event);
          });
      const refused = send({
        case: "exec",
        value: {
          ...(typeof path === "string" ? { path } : { pathBytes: path }),
          argv: [...argv],
          keep: keep.map(({ number }) => number),
          foreign,
          memfd,
        },
      });
      await Promise.race([runs, refused]);
      isForeign = foreign;
      for (const [number, connection] of connections) {
        if (keep.includes(connection)) continue;
        connections.delete(number);
        end(connection);
      }
    },
    async fork({ orphan = false, pid = 0 } = {}) {
      return await withMeetingPlace(async (path) => {
        const socket = await whoComes(path, () =>
          send({ case: "fork", value: { controlSocket: path, orphan, pid } }),
        );
        return await speak(undefined, socket, socket, {
          lastConnection,
          seesOurPids,
        });
      });
    },
    async take(connection) {
      await move(connection, inside, async (number) => {
        connections.set(number, connection);
        await send({
          case: "pause",
          value: { connection: number, paused: false },
        });
        return number;
      });
    },
    async pass(connection, to) {
      const other = insides.get(to);
      if (other === undefined) throw new CallerError("not a caller of ours");
      await withMeetingPlace((path) =>
        move(connection, other, async (before) => {
          const number = other.expect(connection);
          try {
            await other.send({
              case: "adopt",
              value: { connection: number, atSocket: path },
            });
            await send({
              case: "pass",
              value: { connection: before, toSocket: path },
            });
          } catch (error) {
            other.release(number);
            throw error;
          }
          return number;
        }),
      );
    },
    async threads(count, endpoint) {
      const firstConnection = lastConnection + 1;
      const opened = Array.from({ length: count }, newConnection);
      try {
        await send({
          case: "threads",
          value: { count, endpoint, firstConnection },
        });
      } catch (error) {
        for (const { number } of opened) connections.delete(number);
        throw error;
      }
      return opened;
    },
    async title(title) {
      await send({ case: "title", value: { title } });
    },
    async hide() {
      await send({ case: "hide", value: {} });
    },
    async user(uid, gid) {
      await send({ case: "user", value: { uid, gid } });
    },
    async reap(pid) {
      await send({ case: "reap", value: pid });
    },
    async exit(code = 0) {
      send({ case: "exit", value: code }).catch(() => undefined);
      await ended;
    },
    kill(signal = "SIGKILL") {
      if (child !== undefined) child.kill(signal);
      else if (!alive && !isForeign) return;
      else if (seesOurPids) killFork(now.pid, signal);
      else input.end();
    },
  };
  insides.set(caller, inside);
  return caller;
}

function killFork(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** The other end sends nothing more, and nobody need have read the rest. */
function end(connection: CallerConnection): void {
  connection.push(null);
  if (connection.readableFlowing !== true) connection.resume();
}

function asStarted(event: CallerEvent["event"]) {
  if (event.case !== "started") {
    throw new CallerError("the caller did not start");
  }
  const { pid, kind, executable, executableBytes } = event.value;
  return {
    pid,
    kind,
    // A view of a buffer that is used again.
    executable: Buffer.from(
      executable === "" ? executableBytes.slice() : executable,
    ),
  };
}
