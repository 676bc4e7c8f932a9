// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;
const types = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  goaway: 7,
} as const;

/** The other end of one connection, in frames. */
export interface RawConnection {
  /** Headers of an answer, as they are: also what no HTTP library would send. */
  headers(stream: number, ...fields: (readonly [string, string])[]): void;
  data(stream: number, bytes: Uint8Array, isLast: boolean): void;
  reset(stream: number, code: number): void;
  goaway(last: number, code: number): void;
  close(): void;
}

/** A server of hand-made HTTP/2 frames, for what a library does not do. */
export interface RawBroker extends AsyncDisposable {
  readonly path: string;
  /** Requests that arrived, over all connections. */
  readonly requests: number;
}

/** Serve; `answer` is called when a request has arrived whole. `nth` counts all of them from 1. */
export async function startRawBroker(
  answer: (connection: RawConnection, stream: number, nth: number) => void,
): Promise<RawBroker> {
  const directory = mkdtempSync(join(tmpdir(), "assent-raw-"));
  const path = join(directory, "broker.sock");
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const connection = createRawConnection(socket);
    socket.write(frame(types.settings, 0, 0, Buffer.alloc(0)));
    let received = Buffer.alloc(0);
    let skipped = false;
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!skipped && received.length >= preface) {
        received = received.subarray(preface);
        skipped = true;
      }
      while (skipped && received.length >= 9) {
        const length = received.readUIntBE(0, 3);
        if (received.length < 9 + length) return;
        const [type = 0, flags = 0] = received.subarray(3, 5);
        const stream = received.readUInt32BE(5);
        received = received.subarray(9 + length);
        if (type === types.settings && (flags & 1) === 0) {
          socket.write(frame(types.settings, 1, 0, Buffer.alloc(0)));
        }
        const isRequest = type === types.data || type === types.headers;
        if (isRequest && (flags & 1) === 1) {
          requests += 1;
          answer(connection, stream, requests);
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
}

function createRawConnection(socket: Socket): RawConnection {
  return {
    headers(stream, ...fields) {
      socket.write(frame(types.headers, 4, stream, headerBlock(fields)));
    },
    data(stream, bytes, isLast) {
      socket.write(frame(types.data, isLast ? 1 : 0, stream, bytes));
    },
    reset: (stream, code) =>
      socket.write(frame(types.reset, 0, stream, uint32(code))),
    goaway: (last, code) =>
      socket.write(
        frame(types.goaway, 0, 0, Buffer.concat([uint32(last), uint32(code)])),
      ),
    close: () => socket.end(),
  };
}

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

// HPACK without its tables: each field a literal with a new name.
function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  return Buffer.from(
    fields.flatMap(([name, value]) => [0, ...text(name), ...text(value)]),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
