// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * A connection of the SDK. An HTTP server serves `pipe`; what is written to the
 * connection itself goes past that server, so that it can be anything.
 */
export interface TappedConnection {
  /** Which HTTP the SDK speaks here. */
  readonly http: 1 | 2;
  readonly pipe: Duplex;
  /** Everything that the SDK sent. */
  received(): Buffer;
  readonly isClosed: boolean;
  write(bytes: Uint8Array): void;
  /** Say that nothing more comes. */
  end(): void;
  /** Break it. */
  destroy(): void;
  /** Take nothing more and say nothing more, but stay. */
  freeze(): void;
}

const http2Start = "PRI";

/** Wait for the first bytes of a connection, which tell its HTTP. `changed`: after each event. */
export function tapConnection(
  socket: Socket,
  changed: () => void,
  begun: (connection: TappedConnection) => void,
): void {
  const received: Buffer[] = [];
  let isClosed = false;
  let isFrozen = false;
  let connection: TappedConnection | undefined;
  const pipe = new Duplex({
    read: () => {
      if (!isFrozen) socket.resume();
    },
    write(chunk, _encoding, done) {
      if (isFrozen || socket.destroyed) return done();
      socket.write(chunk, () => done());
    },
    final(done) {
      if (!isFrozen) socket.end();
      done();
    },
    destroy(_error, done) {
      if (!isFrozen) socket.destroy();
      done(null);
    },
  });
  pipe.on("error", () => {});
  socket.on("error", () => {});
  socket.on("data", (bytes: Buffer) => {
    received.push(bytes);
    if (connection === undefined) {
      const start = bytes.toString("latin1", 0, http2Start.length);
      connection = create(start === http2Start ? 2 : 1);
      begun(connection);
    }
    if (!pipe.push(bytes)) socket.pause();
    changed();
  });
  socket.on("end", () => pipe.push(null));
  socket.on("close", () => {
    isClosed = true;
    pipe.destroy();
    changed();
  });

  function create(http: 1 | 2): TappedConnection {
    return {
      http,
      pipe,
      received: () => Buffer.concat(received),
      get isClosed() {
        return isClosed;
      },
      write(bytes) {
        if (!isFrozen && !socket.destroyed) socket.write(bytes);
      },
      end: () => socket.end(),
      destroy: () => socket.destroy(),
      freeze() {
        isFrozen = true;
        socket.pause();
      },
    };
  }
}
