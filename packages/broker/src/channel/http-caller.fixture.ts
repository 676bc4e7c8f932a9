// SPDX-License-Identifier: Apache-2.0
// A program that talks to a channel as it is told, one line of JSON at a time,
// and says what happens, by the number of the connection.
import { request } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** What the program can be told; `id` numbers a connection. */
export type HttpCommand =
  /** Open a connection and send bytes, base64; says `connected`. */
  | { readonly id: number; readonly raw: string; readonly send?: string }
  /** More bytes on it. */
  | { readonly id: number; readonly send: string }
  /** Stop reading. */
  | { readonly id: number; readonly pause: true }
  /** Read on. */
  | { readonly id: number; readonly resume: true }
  /** Close it at once, whatever was not read; says `closed`. */
  | { readonly id: number; readonly destroy: true }
  /** Open an HTTP/2 connection; says `connected`. */
  | { readonly id: number; readonly http2: string }
  /** A call on it; says `status` and `body`. Without an end, the body stays open. */
  | {
      readonly id: number;
      readonly post: string;
      readonly body?: string;
      readonly open?: boolean;
      readonly headers?: Record<string, string>;
    }
  /** One call over HTTP/1.1 on a connection of its own; says `status` and `body`. */
  | {
      readonly id: number;
      readonly http1: string;
      readonly target: string;
      readonly headers?: Record<string, string>;
    };

const sockets = new Map<number, Socket>();
const sessions = new Map<number, ClientHttp2Session>();

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function watch(id: number, socket: Socket): Socket {
  let received = 0;
  let text = "";
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
    text = (text + chunk.toString("latin1")).slice(0, 4096);
  });
  socket.on("close", () => say({ id, closed: true, received, text }));
  return socket;
}

function post(
  session: ClientHttp2Session,
  command: Extract<HttpCommand, { post: string }>,
): void {
  const { id, body = "", open = false, headers = {} } = command;
  const stream = session.request({
    ":method": "POST",
    ":path": command.post,
    ...headers,
  });
  let status: unknown;
  let answer = "";
  stream.setEncoding("utf8");
  stream.on("response", (fields) => {
    status = fields[":status"];
  });
  stream.on("data", (chunk: string) => {
    answer += chunk;
  });
  stream.on("error", () => undefined);
  stream.on("close", () =>
    say({ id, status, body: answer, reset: stream.rstCode }),
  );
  if (open) stream.write(body);
  else stream.end(body);
  if (open) say({ id, sent: true });
}

function obey(command: HttpCommand): void {
  const { id } = command;
  if ("raw" in command) {
    const socket = connect(command.raw, () => {
      say({ id, connected: true });
      if (command.send !== undefined) socket.write(command.send, "base64");
    });
    sockets.set(id, watch(id, socket));
  } else if ("send" in command) {
    sockets.get(id)?.write(command.send, "base64");
  } else if ("pause" in command) {
    sockets.get(id)?.pause();
    say({ id, paused: true });
  } else if ("resume" in command) {
    sockets.get(id)?.resume();
  } else if ("destroy" in command) {
    sockets.get(id)?.destroy();
  } else if ("http2" in command) {
    const session = connectHttp2("http://localhost", {
      createConnection: () => connect(command.http2),
    });
    session.on("error", () => undefined);
    // The other end has answered: it knows that this is HTTP/2.
    session.on("remoteSettings", () => say({ id, connected: true }));
    session.on("close", () => say({ id, closed: true }));
    session.on("goaway", () => say({ id, goaway: true }));
    sessions.set(id, session);
  } else if ("post" in command) {
    const session = sessions.get(id);
    if (session !== undefined) post(session, command);
  } else {
    const call = request({
      socketPath: command.http1,
      path: command.target,
      method: "POST",
      headers: command.headers ?? {},
    });
    call.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => say({ id, status: response.statusCode, body }));
    });
    call.on("error", ({ code }: NodeJS.ErrnoException) =>
      say({ id, failed: code }),
    );
    call.end();
  }
}

say({ ready: process.pid });
createInterface({ input: process.stdin })
  .on("line", (line) => obey(JSON.parse(line) as HttpCommand))
  .on("close", () => process.exit(0));
