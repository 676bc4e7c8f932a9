// SPDX-License-Identifier: Apache-2.0
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
} from "node:http2";
import { createConnection, type Socket } from "node:net";
import {
  AssentError,
  type HttpAnswer,
  type HttpRequest,
} from "@assent/sdk-browserless";
import { receiveAnswer } from "./answer.ts";

/** One HTTP/2 connection to the broker. It keeps the program alive only while a request is under way. */
export interface Connection {
  /** Whether it takes new requests. */
  readonly isUsable: boolean;
  /** @throws AssentError; NotExecutedError when it may be sent again */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Take no new request; close when those under way are done. */
  retire(): void;
  /** Close it; ends the requests under way. Resolves when it is closed. */
  close(): Promise<void>;
}

/** The other end did nothing, as it said by the rules of HTTP/2, or nothing was sent (SDK-002). */
export class NotExecutedError extends AssentError {
  constructor() {
    super("unavailable", "The broker is stopping, or has too much to do.");
  }
}

/** How long a connection may take to close in good order, milliseconds. */
const closingMs = 250;

/** @throws the system's error; nothing was sent then */
export async function openConnection(path: string): Promise<Connection> {
  const socket = await openSocket(path);
  const session = connect("http://localhost", {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  session.unref();
  // Each request learns of it from its own stream.
  session.on("error", () => {});
  // The last stream that the other end began, once it says so.
  let lastBegun = Number.POSITIVE_INFINITY;
  session.on("goaway", (_code, last = 0) => {
    lastBegun = Math.min(lastBegun, last);
  });
  let underWay = 0;

  return {
    get isUsable() {
      return !session.closed && !session.destroyed;
    },
    async send(request) {
      const stream = startRequest(session, request);
      if (underWay === 0) session.ref();
      underWay += 1;
      try {
        return await receiveAnswer(stream, request);
      } catch (error) {
        throw wasBegun(stream, lastBegun) || request.signal.aborted
          ? error
          : new NotExecutedError();
      } finally {
        underWay -= 1;
        if (underWay === 0) session.unref();
      }
    },
    retire: () => session.close(),
    async close() {
      if (session.destroyed) return;
      // The timer also keeps the program alive until it is done: somebody waits.
      const timer = setTimeout(() => session.destroy(), closingMs);
      await new Promise<void>((resolve) => {
        session.once("close", resolve);
        session.close();
      });
      clearTimeout(timer);
    },
  };
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function startRequest(
  session: ClientHttp2Session,
  { path, headers, body }: HttpRequest,
): ClientHttp2Stream {
  try {
    const stream = session.request({
      ...headers,
      ":method": "POST",
      ":path": path,
    });
    stream.end(body);
    return stream;
  } catch {
    // The connection ended a moment ago.
    throw new NotExecutedError();
  }
}

function wasBegun(stream: ClientHttp2Stream, lastBegun: number): boolean {
  if (stream.id === undefined || stream.id > lastBegun) return false;
  return stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM;
}
