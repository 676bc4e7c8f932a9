import { expect, test } from "vitest";
import { frame, opening } from "../../fuzz/http2-bytes.ts";
import { until } from "../peer/processes.fixture.ts";
import {
  base64,
  callFields,
  open,
  startHttpCaller,
} from "./channels.fixture.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const emptySettings = Buffer.from("000000040000000000", "hex");
// Says 100 bytes of headers, sends three.
const halfHeaders = Buffer.from("000064010400000001828684", "hex");

for (const [what, bytes] of [
  ["nothing", ""],
  ["half a preface", preface.subarray(0, 10)],
  ["half a method", "PO"],
  ["half the headers of HTTP/1.1", "POST /a HTTP/1.1\r\nHost: x\r\n"],
  [
    "half a body of HTTP/1.1",
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx",
  ],
  ["settings and no request", Buffer.concat([preface, emptySettings])],
  [
    "half the headers of HTTP/2",
    Buffer.concat([preface, emptySettings, halfHeaders]),
  ],
] as const) {
  test(`closes a connection that sends ${what} for 30 s (WIR-007)`, async () => {
    const { channel, scheduler } = await open();
    const caller = await startHttpCaller();
    // Both are accepted in order: when the second is served, the first is there.
    await caller.ask({ id: 1, raw: channel.path, send: base64(bytes) });
    await caller.ask({ id: 2, http2: channel.path });
    await caller.ask({ id: 2, post: "/a" });
    expect(channel.connections.size).toBe(2);
    scheduler.advance(29_999);
    expect(channel.connections.size).toBe(2);
    scheduler.advance(1);
    await caller.event(1, "closed");
    expect((await caller.ask({ id: 2, post: "/b" })).status).toBe(200);
  });
}

test("closes a connection whose later request stays without its body for 30 s (WIR-007)", async () => {
  const { channel, scheduler, calls } = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  await caller.ask({ id: 1, post: "/a" });
  scheduler.advance(60_000);
  await caller.ask({ id: 1, post: "/wait", body: "x", open: true }, "sent");
  await until(() => calls() === 2);
  scheduler.advance(29_999);
  expect(channel.connections.size).toBe(1);
  scheduler.advance(1);
  await caller.event(1, "closed");
});

test("closes a connection of HTTP/1.1 whose next headers do not come to an end (WIR-007)", async () => {
  const { channel, scheduler, calls } = await open();
  const caller = await startHttpCaller();
  const call = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  await caller.ask({ id: 1, raw: channel.path, send: base64(call) });
  await until(() => calls() === 1);
  await caller.ask({ id: 2, http2: channel.path });
  await caller.ask({ id: 2, post: "/a" });
  scheduler.advance(60_000);
  caller.tell({ id: 1, send: base64("POST /b HTTP") });
  // Sent later: when it is answered, what was sent before is here.
  await caller.ask({ id: 2, post: "/b" });
  scheduler.advance(29_999);
  expect(channel.connections.size).toBe(2);
  scheduler.advance(1);
  await caller.event(1, "closed");
});

for (const http of [1, 2] as const) {
  test(`lets a call over HTTP/${http} wait for its user, however long (WIR-007)`, async () => {
    const { channel, scheduler, waiting } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    if (http === 2) caller.tell({ id: 1, post: "/wait", body: "x" });
    else caller.tell({ id: 2, http1: channel.path, target: "/wait" });
    await until(() => waiting[0]?.request.readableEnded === true);
    if (http === 1) await caller.ask({ id: 1, post: "/first" });
    scheduler.advance(10 * 60_000);
    waiting[0]?.response.end("yes" as never);
    expect(await caller.event(http === 2 ? 1 : 2, "body")).toMatchObject({
      body: "yes",
    });
  });
}

test("closes a connection that was not used for longer than any session lives", async () => {
  const { channel, scheduler } = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  await caller.ask({ id: 1, post: "/a" });
  scheduler.advance(14 * 60_000);
  expect((await caller.ask({ id: 1, post: "/b" })).status).toBe(200);
  scheduler.advance(14 * 60_000);
  expect(channel.connections.size).toBe(1);
  scheduler.advance(60_000);
  await caller.event(1, "closed");
});

for (const [what, frames] of [
  // No window at all: the answer cannot leave.
  [
    "whose answer is never taken",
    [
      frame(4, 0, 0, Buffer.from("000400000000", "hex")),
      frame(1, 5, 1, callFields),
    ],
  ],
  [
    "that says goodbye and then breaks the protocol, with a call under way",
    [
      frame(1, 5, 1, callFields),
      frame(7, 0, 0, Buffer.alloc(8)),
      frame(8, 0, 0, Buffer.alloc(5)),
    ],
  ],
] as const) {
  test(`closes a connection ${what}, after 30 s (WIR-007, T19, T60)`, async () => {
    const { channel, scheduler, calls } = await open();
    const caller = await startHttpCaller();
    const bytes = Buffer.concat([opening, ...frames]);
    await caller.ask({ id: 1, raw: channel.path, send: base64(bytes) });
    await until(() => calls() === 1);
    await caller.ask({ id: 2, http2: channel.path });
    await caller.ask({ id: 2, post: "/a" });
    scheduler.advance(29_999);
    expect(channel.connections.size).toBe(2);
    scheduler.advance(1);
    await caller.event(1, "closed");
    expect((await caller.ask({ id: 2, post: "/b" })).status).toBe(200);
  });
}
