// SPDX-License-Identifier: Apache-2.0
// What HTTP servers have fallen to before, each with the other connections
// served meanwhile.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { frame, headerBlock, opening } from "../../fuzz/http2-bytes.ts";
import { until } from "../peer/processes.fixture.ts";
import {
  base64,
  type HttpCaller,
  type Opened,
  open,
  startHttpCaller,
} from "./channels.fixture.ts";

/** A channel, and a caller with a connection that must go on. */
async function served(): Promise<Opened & { caller: HttpCaller }> {
  const opened = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: opened.channel.path });
  return { ...opened, caller };
}

async function mustServe(caller: HttpCaller): Promise<void> {
  expect((await caller.ask({ id: 1, post: "/on" })).status).toBe(200);
}

const callTo = (path: string) =>
  headerBlock([
    [":method", "POST"],
    [":path", path],
    [":scheme", "http"],
    [":authority", "x"],
  ]);
const word = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const long: [string, string][] = [["x-long", "y".repeat(3000)]];

for (const [what, trailers] of [
  ["are cut off", frame(1, 1, 1, headerBlock(long))],
  ["break the rules", frame(1, 5, 1, headerBlock([...long, ["Upper", "x"]]))],
] as const) {
  test(`lives on when trailers ${what} under an answer that is not read (T19)`, async () => {
    const { channel, waiting, caller } = await served();
    const begun = Buffer.concat([
      opening,
      frame(8, 0, 0, word(1 << 24)),
      frame(1, 4, 1, callTo("/wait")),
      frame(8, 0, 1, word(1 << 24)),
    ]);
    for (let id = 10; id < 40; id += 1) {
      await caller.ask({ id, raw: channel.path });
      await caller.ask({ id, pause: true }, "paused");
      caller.tell({ id, send: base64(begun) });
      await until(() => waiting.length === id - 9);
      waiting.at(-1)?.response.end(Buffer.alloc(1 << 20) as never);
      caller.tell({ id, send: base64(trailers) });
      caller.tell({ id, destroy: true });
      await caller.event(id, "closed");
    }
    await until(() => channel.connections.size === 1);
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    for (let round = 0; round < 3; round += 1) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await mustServe(caller);
  });
}

for (const [what, block] of [
  ["headers", headerBlock(long)],
  ["nothing", Buffer.alloc(0)],
] as const) {
  test(`closes a connection that continues headers with ${what} for ever (WIR-006, T19)`, async () => {
    const { channel, calls, caller } = await served();
    const frames = Array.from({ length: 2000 }, () => frame(9, 0, 1, block));
    const bytes = Buffer.concat([opening, frame(1, 0, 1, callTo("/a"))]);
    await caller.ask({ id: 2, raw: channel.path });
    caller.tell({ id: 2, send: base64(Buffer.concat([bytes, ...frames])) });
    await caller.event(2, "closed");
    expect(calls()).toBe(0);
    await mustServe(caller);
  });
}

test("takes no more streams of one connection than it said (WIR-006, WIR-011, T19)", async () => {
  const { channel, waiting, caller } = await served();
  const streams = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      frame(1, 5, 2 * (from + index) + 1, callTo("/wait")),
    );
  const acknowledged = frame(4, 1, 0, Buffer.alloc(0));
  const bytes = Buffer.concat([opening, acknowledged, ...streams(0, 512)]);
  await caller.ask({ id: 2, raw: channel.path });
  caller.tell({ id: 2, send: base64(bytes) });
  await until(() => waiting.length === 512);
  caller.tell({ id: 2, send: base64(Buffer.concat(streams(512, 2000))) });
  await mustServe(caller);
  await caller.event(2, "closed");
  expect(waiting).toHaveLength(512);
});

for (const [what, flood] of [
  ["priorities", frame(2, 0, 1, Buffer.concat([word(3), Buffer.from([9])]))],
  ["priorities of no stream", frame(2, 0, 0, Buffer.alloc(5))],
  ["window updates", frame(8, 0, 0, word(1))],
  ["window updates of nothing", frame(8, 0, 0, word(0))],
  ["windows that overflow", frame(8, 0, 0, word(0x7fffffff))],
  ["frames that nobody knows", frame(200, 0, 0, Buffer.alloc(8))],
  ["data of no stream", frame(0, 0, 9, Buffer.alloc(8))],
  ["goodbyes", frame(7, 0, 0, Buffer.alloc(8))],
] as const) {
  test(`serves on under a flood of ${what} (WIR-006, WIR-012, T19)`, async () => {
    const { channel, caller } = await served();
    const frames = Array.from({ length: 20_000 }, () => flood);
    await caller.ask({ id: 2, raw: channel.path });
    caller.tell({ id: 2, send: base64(Buffer.concat([opening, ...frames])) });
    await mustServe(caller);
    // All of it was read, or the connection is closed.
    caller.tell({
      id: 2,
      send: base64(frame(6, 0, 0, Buffer.from("the end!"))),
    });
    caller.tell({ id: 2, destroy: true });
    await caller.event(2, "closed");
    await until(() => channel.connections.size === 1);
    await mustServe(caller);
  });
}

test("takes a length of 2³¹ and more for no message (T19)", async () => {
  const { channel, calls, caller } = await served();
  for (const [index, length] of [
    "18446744073709551616",
    "99999999999999999999999",
    "-1",
    "+2",
    "0x2",
    "2, 3",
    "",
  ].entries()) {
    const id = 10 + index;
    const bytes = `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n{}`;
    await caller.ask({ id, raw: channel.path, send: base64(bytes) });
    const { text } = await caller.event(id, "closed");
    expect([length, String(text).split("\r\n")[0]]).toEqual([
      length,
      "HTTP/1.1 400 Bad Request",
    ]);
  }
  expect(calls()).toBe(0);
  // No more arrives in a frame than may, whatever it says.
  await caller.ask({ id: 2, raw: channel.path });
  const told = frame(0, 0, 1, Buffer.from("{}"), 0xffffff);
  caller.tell({ id: 2, send: base64(Buffer.concat([opening, told])) });
  await caller.event(2, "closed");
  await mustServe(caller);
});

const chunked = "Transfer-Encoding: chunked";

for (const [what, fields, body] of [
  ["a size that is none", [chunked], "x\r\n{}\r\n0\r\n\r\n"],
  ["a size with a sign", [chunked], "+2\r\n{}\r\n0\r\n\r\n"],
  ["a size beyond 2⁶⁴", [chunked], "10000000000000002\r\n{}\r\n0\r\n\r\n"],
  ["a size that lies", [chunked], "1\r\n{}\r\n0\r\n\r\n"],
  ["an endless extension", [chunked], `2;${"x".repeat(70_000)}\r\n{}\r\n`],
  ["endless trailers", [chunked], `0\r\nx: ${"y".repeat(70_000)}\r\n\r\n`],
  ["a length in its trailers", [chunked], "0\r\nContent-Length: 9\r\n\r\n"],
  ["both ways to say its length", [chunked, "Content-Length: 2"], "0\r\n\r\n"],
  ["two lengths", ["Content-Length: 2", "Content-Length: 9"], "{}"],
  ["an encoding after the chunks", [`${chunked}, identity`], "0\r\n\r\n"],
  ["an encoding that hides", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
  ["a space before the colon", ["Transfer-Encoding : chunked"], "0\r\n\r\n"],
] as const) {
  test(`answers a request of HTTP/1.1 with ${what} by closing, and finds no other in it (WIR-012, T19)`, async () => {
    const { channel, caller, waiting } = await served();
    const head = ["POST /a HTTP/1.1", "Host: x", ...fields, "", ""];
    const hidden = "POST /wait HTTP/1.1\r\nHost: x\r\n\r\n";
    const bytes = head.join("\r\n") + body + hidden;
    await caller.ask({ id: 2, raw: channel.path, send: base64(bytes) });
    const { text } = await caller.event(2, "closed");
    expect(text).not.toContain(" 200 ");
    expect(waiting).toEqual([]);
    await mustServe(caller);
  });
}

for (const [what, fields, body] of [
  ["chunks and trailers", [chunked], "2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n"],
  [
    "an offer of HTTP/2",
    ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"],
    "",
  ],
  ["an offer of a WebSocket", ["Upgrade: websocket"], ""],
] as const) {
  test(`answers ${what} of HTTP/1.1 as a call, in the same protocol (WIR-008, T19)`, async () => {
    const { channel, caller } = await served();
    const head = [
      "POST /one HTTP/1.1",
      "Host: x",
      "Connection: Upgrade, HTTP2-Settings, close",
      ...fields,
      "",
      "",
    ];
    const bytes = head.join("\r\n") + body;
    await caller.ask({ id: 2, raw: channel.path, send: base64(bytes) });
    const { text } = await caller.event(2, "closed");
    expect(String(text).split("\r\n")[0]).toBe("HTTP/1.1 200 OK");
    expect(text).toContain(" 1.1 /one");
    await mustServe(caller);
  });
}
