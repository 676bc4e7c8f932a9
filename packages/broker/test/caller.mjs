// SPDX-License-Identifier: Apache-2.0
// A program for tests: a real process that calls a broker over its channel, as
// told on standard input, one JSON object a line; answers go to standard
// output. With the path of a socket as its argument, it is told there instead.
// It speaks Connect with JSON over HTTP/2, by node:http2 alone.
import { spawn } from "node:child_process";
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";

const connections = new Map();
const calls = new Map();
const stalled = new Map();
const [, script, control] = process.argv;
const told = control === undefined ? process.stdin : createConnection(control);
const telling = control === undefined ? process.stdout : told;
const reply = (id, value) =>
  telling.write(`${JSON.stringify({ id, ...value })}\n`);

function open(name, path) {
  const socket = createConnection(path);
  const session = connect("http://localhost", {
    createConnection: () => socket,
  });
  const connection = { session, socket, closed: false };
  session.on("error", () => {});
  session.on("close", () => {
    connection.closed = true;
    if (connections.get(name) === connection) connections.delete(name);
  });
  connections.set(name, connection);
  return connection;
}

function call({
  id,
  on = "default",
  path,
  method,
  message,
  headers,
  hold,
  stall,
  raw,
}) {
  const known = connections.get(on);
  const { session } =
    known && !known.closed && !known.session.destroyed ? known : open(on, path);
  const stream = session.request({
    ":method": "POST",
    ":path": `/${method}`,
    "content-type": "application/json",
    "assent-protocol-version": "1.0",
    ...headers,
  });
  calls.set(id, stream);
  let status = 0;
  let answered = {};
  const chunks = [];
  stream.on("response", (head) => {
    status = head[":status"];
    answered = head;
  });
  const read = () => stream.on("data", (chunk) => chunks.push(chunk));
  // Flow control stops the answer until it is read.
  if (stall) stalled.set(id, read);
  else read();
  stream.on("error", () => {});
  stream.on("close", () => {
    calls.delete(id);
    const text = Buffer.concat(chunks).toString();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
    reply(id, {
      status,
      version: answered["assent-protocol-version"],
      headers: answered,
      body,
      text,
      ended: stream.rstCode === 0 && status !== 0,
    });
  });
  const body =
    raw === undefined
      ? JSON.stringify(message ?? {})
      : Buffer.from(raw, "base64");
  if (hold) stream.write(body);
  else stream.end(body);
}

/** A server stream: each message is told as it comes. */
function watch({ id, on = "watch", path, method, message }) {
  const { session } = connections.get(on) ?? open(on, path);
  const body = Buffer.from(JSON.stringify(message ?? {}));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  const stream = session.request({
    ":method": "POST",
    ":path": `/${method}`,
    "content-type": "application/connect+json",
    "assent-protocol-version": "1.0",
  });
  calls.set(id, stream);
  let rest = Buffer.alloc(0);
  stream.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      const last = (rest[0] & 2) !== 0;
      const text = rest.subarray(5, end).toString();
      rest = rest.subarray(end);
      reply(id, { event: JSON.parse(text), last });
    }
  });
  stream.on("error", () => {});
  stream.on("close", () => reply(id, { closed: true }));
  stream.end(Buffer.concat([head, body]));
}

const actions = {
  call,
  watch,
  cancel: ({ id, of }) => {
    calls.get(of)?.close(8);
    reply(id, {});
  },
  /** As if the body was never to be whole: `cancel` ends what is sent. */
  reset: ({ id, of }) => {
    calls.get(of)?.destroy();
    reply(id, {});
  },
  read: ({ id, of }) => {
    stalled.get(of)?.();
    reply(id, {});
  },
  close: ({ id, on = "default" }) => {
    connections.get(on)?.session.destroy();
    connections.delete(on);
    reply(id, {});
  },
  isClosed: ({ id, on = "default" }) =>
    reply(id, { value: connections.get(on)?.closed ?? true }),
  /** Become this program again, or another: same process id, new image. */
  exec: ({ file, args }) => process.execve(file, [file, ...args], process.env),
  /** Start this program once more, told over the socket at `control`. */
  fork: ({ id, control: path }) => {
    const child = spawn(process.execPath, [script, path], { stdio: "ignore" });
    reply(id, { value: child.pid });
  },
  title: ({ id, title }) => {
    process.title = title;
    reply(id, {});
  },
  exit: () => process.exit(0),
};

createInterface({ input: told }).on("line", (line) => {
  const message = JSON.parse(line);
  actions[message.do](message);
});
told.on("close", () => process.exit(0));
told.on("end", () => process.exit(0));
reply("ready", { pid: process.pid });
