// SPDX-License-Identifier: Apache-2.0
import { createServer as createHttp1Server } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
  type ServerHttp2Session,
} from "node:http2";
import type { Socket } from "node:net";
import type { ChannelHandler } from "./connection.ts";
import { createSessionKeeper } from "./native-sessions.ts";
import { originForm } from "./request-target.ts";
import type { ServedConnection } from "./served-connection.ts";

/** HTTP of both versions over sockets that were accepted elsewhere. */
export interface HttpServers {
  /** Serve a connection whose first bytes, put back, are HTTP/1. */
  serveHttp1(socket: Socket, connection: ServedConnection): void;
  /** Serve a connection whose first bytes, put back, are HTTP/2. */
  serveHttp2(socket: Socket, connection: ServedConnection): void;
}

/** What one connection may cost (WIR-006). */
export interface HttpLimits {
  /** Bytes of all headers of one request. */
  readonly headerBytes: number;
  /** Calls of one process; a connection takes twice as many, so that what is over is answered and not left waiting. */
  readonly callsPerProcess: number;
}

/**
 * Two servers that never listen. What Node would time by itself is off: it
 * does so only for servers that listen, and each connection has its own clock.
 */
export function createHttpServers(
  limits: HttpLimits,
  handler: ChannelHandler,
): HttpServers {
  const bySocket = new WeakMap<Socket, ServedConnection>();
  const bySession = new WeakMap<Http2Session, ServedConnection>();
  const keepSession = createSessionKeeper();

  const http1 = createHttp1Server({
    maxHeaderSize: limits.headerBytes,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
  });
  http1.on("request", (request, response) => {
    const connection = bySocket.get(request.socket);
    if (connection === undefined) {
      request.socket.destroy();
      return;
    }
    request.url = originForm(request.url ?? "");
    connection.begin(request, response);
    handler(request, response, connection);
  });

  const http2 = createHttp2Server({
    // Megabytes; several of the largest answers to a slow reader.
    maxSessionMemory: 32,
    maxSessionInvalidFrames: 32,
    maxSettings: 32,
    streamResetBurst: 200,
    streamResetRate: 20,
    settings: {
      maxConcurrentStreams: 2 * limits.callsPerProcess,
      maxHeaderListSize: limits.headerBytes,
    },
  });
  const serve = (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
  ) => {
    const { stream } = request;
    const connection = stream.session && bySession.get(stream.session);
    // Reset in the same breath in which it came: there is nobody to answer, and
    // its end would be told to nobody.
    if (connection === undefined || stream.destroyed || stream.closed) {
      stream.destroy();
      return;
    }
    connection.begin(request, response);
    handler(request, response, connection);
  };
  http2.on("request", serve);
  // Node would answer these by itself, and throw when the stream is gone (T19).
  http2.on("checkContinue", (request, response) => {
    if (!request.stream.destroyed && !request.stream.closed) {
      response.writeContinue();
    }
    serve(request, response);
  });
  for (const event of ["checkExpectation", "connect"]) http2.on(event, serve);
  // A broken session is closed by Node; it costs nobody else anything (WIR-012).
  http2.on("sessionError", () => undefined);

  return {
    serveHttp1(socket, connection) {
      bySocket.set(socket, connection);
      http1.emit("connection", socket);
      // Added last: it makes the server take its bytes from the socket, too.
      socket.on("data", () => connection.bytesArrived());
      socket.resume();
    },
    serveHttp2(socket, connection) {
      const mark = (session: ServerHttp2Session) => {
        bySession.set(session, connection);
        connection.session = session;
        endAfterSocket(session, socket);
      };
      // Emitted before `emit` returns: no other connection comes between.
      http2.once("session", mark);
      keepSession(socket, () => http2.emit("connection", socket));
      http2.off("session", mark);
    },
  };
}

/**
 * Keeps Node from ending a session whose socket is destroyed and has not said
 * so yet: writes that the kernel still holds would never be over for it, and
 * hold headers that were cut off; the process is aborted when that session is
 * collected (T19). The close of the socket follows, and ends the session.
 */
function endAfterSocket(session: ServerHttp2Session, socket: Socket): void {
  const destroy = session.destroy.bind(session);
  session.destroy = (...why) => {
    if (!socket.destroyed) destroy(...why);
  };
}
