// SPDX-License-Identifier: Apache-2.0
// A process without any right that sends bytes over raw connections, sixteen at
// a time, and looks at every byte that comes back.
import { createConnection, type Socket } from "node:net";
import { type Assignment, work } from "./caller-work.ts";
import { canaryScans } from "./canary.ts";
import { makeRequests } from "./http1-bytes.ts";
import { frame, makeFrames, opening } from "./http2-bytes.ts";
import { createRandom } from "./random.ts";

interface Input {
  readonly channel: "broker" | "owner";
  readonly seed: number;
  readonly bytes: Buffer;
  /** Where it begins; undefined: on a connection that is open. */
  readonly stream: number;
  /** Something may follow it. */
  readonly whole: boolean;
  /** Leave the connection as it is, and open. */
  readonly abandon: boolean;
}

interface Line {
  readonly socket: Socket;
  /** Bytes that were not a whole frame yet. */
  rest: Buffer;
  uses: number;
  closed: boolean;
  /** Told of each PING that is answered, and of the end. */
  wake: (answered: Buffer | undefined) => void;
}

const lanes = 16;
const usesEach = 50;
/** The broker takes 64 connections of a process. */
const mostAbandoned = 24;

work(async ({ target, sockets, secrets }: Assignment) => {
  const scans = canaryScans(secrets);
  const lines = new Map<string, Line>();
  const abandoned: Line[] = [];
  let leaked: string | undefined;

  function open(channel: Input["channel"]): Line {
    const socket = createConnection(sockets[channel]);
    const scan = scans();
    const line: Line = {
      socket,
      rest: Buffer.alloc(0),
      uses: 0,
      closed: false,
      wake: () => undefined,
    };
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      leaked ??= scan(chunk);
      if (target === "http2-frames") takePings(line, chunk);
    });
    socket.on("close", () => {
      line.closed = true;
      line.wake(undefined);
    });
    return line;
  }

  function abandon(line: Line): void {
    abandoned.push(line);
    if (abandoned.length > mostAbandoned) abandoned.shift()?.socket.destroy();
  }

  const closed = (line: Line) =>
    new Promise<void>((resolve) => {
      line.wake = (answered) => {
        if (answered === undefined) resolve();
      };
      if (line.closed) resolve();
    });

  async function sendFrames(input: Input, lane: number): Promise<void> {
    const name = `${input.channel} ${lane}`;
    let line = lines.get(name);
    if (line === undefined || line.closed || line.uses >= usesEach) {
      line?.socket.destroy();
      line = open(input.channel);
      lines.set(name, line);
      line.socket.write(opening);
    }
    line.uses += 1;
    if (input.abandon) {
      lines.delete(name);
      line.socket.write(input.bytes);
      return abandon(line);
    }
    if (!input.whole) {
      line.socket.end(input.bytes);
      lines.delete(name);
      return closed(line);
    }
    const token = Buffer.alloc(8);
    token.writeBigUInt64BE(BigInt(input.seed) + (0x5afen << 48n));
    const told = new Promise<void>((resolve) => {
      line.wake = (answered) => {
        if (answered === undefined || answered.equals(token)) resolve();
      };
    });
    line.socket.write(Buffer.concat([input.bytes, frame(6, 0, 0, token)]));
    return told;
  }

  async function sendRequests(input: Input): Promise<void> {
    const line = open(input.channel);
    if (input.abandon) {
      line.socket.write(input.bytes);
      return abandon(line);
    }
    line.socket.end(input.bytes);
    return closed(line);
  }

  return {
    lanes,
    make(seed): Input {
      const random = createRandom(seed);
      const channel = random.oneIn(2) ? "broker" : "owner";
      const abandon = random.oneIn(200);
      // Streams of one connection go up, with a gap now and then.
      const stream = 2 * (seed % 1_000_000) + 1;
      const made =
        target === "http2-frames"
          ? makeFrames(random, random.oneIn(15) ? random.below(9) : stream)
          : { bytes: makeRequests(random), whole: false };
      return { channel, seed, stream, abandon, ...made };
    },
    toBytes: ({ bytes }) => bytes,
    async ask(input, lane) {
      await (target === "http2-frames"
        ? sendFrames(input, lane)
        : sendRequests(input));
      if (leaked !== undefined) throw new Error("a secret came out");
    },
    close() {
      for (const line of lines.values()) line.socket.destroy();
    },
  };
});

function takePings(line: Line, chunk: Buffer): void {
  const bytes = Buffer.concat([line.rest, chunk]);
  let at = 0;
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    if (bytes[at + 3] === 6 && ((bytes[at + 4] ?? 0) & 1) === 1) {
      line.wake(bytes.subarray(at + 9, end));
    }
    at = end;
  }
  line.rest = bytes.subarray(at);
}
