// SPDX-License-Identifier: Apache-2.0
import { Agent, type ClientRequest, request as http1Request } from "node:http";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { Duplex } from "node:stream";

/** One HTTP request. */
export interface HttpRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
  /** Aborting resets the stream. */
  readonly signal?: AbortSignal | undefined;
}

/** What came back, complete. */
export interface HttpAnswer {
  /** 0: the stream ended without an answer; `broken` says how. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Set when it did not end in good order. */
  readonly broken: string | undefined;
}

/** A way to make requests over one connection. */
export interface Exchange {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Whether calls can be made. */
  readonly isOpen: boolean;
  /** PING of HTTP/2; false: it was not answered, or there is none. */
  ping(): Promise<boolean>;
  close(): void;
}

const silent = "the connection ended";

/** HTTP/2 with prior knowledge, over any pipe. */
export function openHttp2(pipe: Duplex): Exchange {
  const session: ClientHttp2Session = connect("http://localhost", {
    createConnection: () => withoutWaiting(pipe),
    settings: { enablePush: false },
    maxSessionMemory: 64,
  });
  session.on("error", () => {});
  return {
    get isOpen() {
      return !session.destroyed && !session.closed;
    },
    send: (request) =>
      new Promise((resolve) => {
        if (session.destroyed || session.closed) {
          resolve(nothing(silent));
          return;
        }
        const chunks: Buffer[] = [];
        let headers: Record<string, string> = {};
        let trailers: Record<string, string> = {};
        let status = 0;
        let ended = false;
        const stream = session.request({
          ...request.headers,
          ":method": request.method ?? "POST",
          ":path": request.path,
        });
        const abort = () => stream.close(constants.NGHTTP2_CANCEL);
        request.signal?.addEventListener("abort", abort, { once: true });
        stream.on("response", (received) => {
          status = Number(received[":status"]);
          headers = flat(received);
        });
        stream.on("trailers", (received) => {
          trailers = flat(received);
        });
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          ended = true;
        });
        let error = "";
        stream.on("error", ({ message }) => {
          error = message;
        });
        stream.on("close", () => {
          request.signal?.removeEventListener("abort", abort);
          const { rstCode } = stream;
          const broken =
            rstCode !== undefined && rstCode !== constants.NGHTTP2_NO_ERROR
              ? `reset with code ${rstCode}${error === "" ? "" : ` (${error})`}`
              : !ended || status === 0
                ? error || silent
                : undefined;
          const body = Buffer.concat(chunks);
          resolve({ status, headers, trailers, body, broken });
        });
        stream.end(request.body);
        if (request.signal?.aborted) abort();
      }),
    ping: () =>
      new Promise((resolve) => {
        if (session.destroyed) resolve(false);
        else session.ping((error) => resolve(error === null));
      }),
    close: () => session.destroy(),
  };
}

/** HTTP/1.1, one request after the other, over any pipe. */
export function openHttp1(pipe: Duplex): Exchange {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let given = false;
  // The agent forgets those that wait for their turn when the pipe ends.
  const unanswered = new Map<ClientRequest, () => void>();
  pipe.once("close", () => {
    for (const [{ socket }, giveUp] of unanswered) if (!socket) giveUp();
  });
  // A pipe is no socket, and has none of its options.
  agent.keepSocketAlive = () => true;
  agent.reuseSocket = () => {};
  // Each request adds one.
  pipe.setMaxListeners(0);
  agent.createConnection = (_options, callback) => {
    // There is but the one: a broker that does not serve HTTP/1.1 has closed it.
    if (!given) {
      given = true;
      return pipe;
    }
    callback?.(new Error(silent), pipe);
    return undefined;
  };
  return {
    get isOpen() {
      return !pipe.destroyed;
    },
    send: ({ method = "POST", path, headers, body, signal }) =>
      new Promise((resolve) => {
        if (pipe.destroyed) {
          resolve(nothing(silent));
          return;
        }
        const outgoing = http1Request({
          agent,
          method,
          path,
          host: "localhost",
          headers: {
            ...headers,
            ...(body.length > 0 || method === "POST"
              ? { "content-length": String(body.length) }
              : {}),
          },
          ...(signal === undefined ? {} : { signal }),
        });
        unanswered.set(outgoing, () => resolve(nothing(silent)));
        outgoing.on("close", () => unanswered.delete(outgoing));
        outgoing.on("error", ({ message }) => resolve(nothing(message)));
        outgoing.on("response", (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", () => {});
          incoming.on("close", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: flat(incoming.headers),
              trailers: flat(incoming.trailers),
              body: Buffer.concat(chunks),
              broken: incoming.complete ? undefined : silent,
            }),
          );
        });
        outgoing.end(body);
      }),
    ping: async () => false,
    close() {
      agent.destroy();
      pipe.destroy();
    },
  };
}

/**
 * The same pipe, which takes each write at once: Node's HTTP/2 asserts when a
 * pipe that is no socket ends while it still writes.
 */
function withoutWaiting(pipe: Duplex): Duplex {
  const outer = new Duplex({
    allowHalfOpen: false,
    read: () => pipe.resume(),
    write(bytes: Buffer, _encoding, done) {
      if (!pipe.destroyed && pipe.writable) pipe.write(bytes);
      done();
    },
    final(done) {
      pipe.end();
      done();
    },
    destroy(error, done) {
      pipe.destroy();
      done(error);
    },
  });
  pipe.on("data", (bytes: Buffer) => {
    if (!outer.push(bytes)) pipe.pause();
  });
  pipe.on("error", (error) => outer.destroy(error));
  pipe.on("end", () => outer.push(null));
  pipe.on("close", () => outer.destroy());
  return outer;
}

function nothing(broken: string): HttpAnswer {
  const body = Buffer.alloc(0);
  return { status: 0, headers: {}, trailers: {}, body, broken };
}

function flat(
  headers: Readonly<Record<string, string | string[] | number | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !name.startsWith(":"))
      .map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : String(value),
      ]),
  );
}
