// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import {
  fixture,
  start,
  talk,
  testWhen,
  until,
  works,
} from "../peer/processes.fixture.ts";
import { open, startHttpCaller } from "./channels.fixture.ts";

test("takes no more connections of one process than it may have, and others' still (WIR-011)", async () => {
  const { channel, refused } = await open({
    limits: { connectionsPerProcess: 3 },
  });
  const [greedy, other] = await Promise.all([
    startHttpCaller(),
    startHttpCaller(),
  ]);
  for (const id of [1, 2, 3]) await greedy.ask({ id, http2: channel.path });
  await greedy.ask({ id: 4, raw: channel.path });
  await greedy.event(4, "closed");
  expect(refused).toEqual(["too-many-connections"]);
  await other.ask({ id: 1, http2: channel.path });
  expect((await other.ask({ id: 1, post: "/a" })).status).toBe(200);
  expect((await greedy.ask({ id: 1, post: "/a" })).status).toBe(200);
});

test("makes room for a new connection by closing the one that was used longest ago (T60)", async () => {
  const { channel } = await open({ limits: { connections: 2 } });
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  await caller.ask({ id: 2, http2: channel.path });
  await caller.ask({ id: 1, post: "/used" });
  await caller.ask({ id: 3, http2: channel.path });
  await caller.event(2, "closed");
  expect((await caller.ask({ id: 1, post: "/a" })).status).toBe(200);
  expect((await caller.ask({ id: 3, post: "/a" })).status).toBe(200);
});

test("makes no room at the cost of a waiting call or of somebody with a session (T60)", async () => {
  const { channel, registry, waiting, refused } = await open({
    limits: { connections: 2 },
  });
  const [holder, waiter, late] = await Promise.all([
    startHttpCaller(),
    startHttpCaller(),
    startHttpCaller(),
  ]);
  await holder.ask({ id: 1, http2: channel.path });
  registry.keepAlive((peer) => peer.pid === holder.pid);
  await waiter.ask({ id: 1, http2: channel.path });
  waiter.tell({ id: 1, post: "/wait" });
  await until(() => waiting.length === 1);
  await late.ask({ id: 1, raw: channel.path });
  await late.event(1, "closed");
  expect(refused).toEqual(["too-many-connections"]);
  expect(channel.connections.size).toBe(2);
});

test("makes room at the cost of the process that has most connections, however busy they are (T60)", async () => {
  const { channel, waiting } = await open({ limits: { connections: 4 } });
  const [greedy, modest, late] = await Promise.all([
    startHttpCaller(),
    startHttpCaller(),
    startHttpCaller(),
  ]);
  await modest.ask({ id: 1, http2: channel.path });
  modest.tell({ id: 1, post: "/wait" });
  await until(() => waiting.length === 1);
  for (const id of [1, 2, 3]) {
    await greedy.ask({ id, http2: channel.path });
    greedy.tell({ id, post: "/wait" });
    await until(() => waiting.length === 1 + id);
  }
  await late.ask({ id: 1, http2: channel.path });
  await greedy.event(1, "closed");
  expect((await late.ask({ id: 1, post: "/a" })).status).toBe(200);
  expect(waiting[0]?.connection.closed.aborted).toBe(false);
});

test("never makes room at the cost of what it was told to keep, or of a program it started (T60)", async () => {
  const kept = new Set<unknown>();
  const { channel, refused, registry } = await open({
    limits: { connections: 2 },
    isKept: (connection) => kept.has(connection),
  });
  const program = talk([fixture("../channel/surface")], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const lease = registry.admitChild(program.child.pid);
  if (typeof lease === "string") throw new Error(lease);
  channel.adopt(program.child.stdio[3] as Socket, lease.peer);
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  for (const connection of channel.connections) kept.add(connection);
  await caller.ask({ id: 2, raw: channel.path });
  await caller.event(2, "closed");
  expect(refused).toEqual(["too-many-connections"]);
});

testWhen(works("python3", "--version"), "python3: apt-get install python3")(
  "pins nothing any more after 1,000 processes called and went (T60)",
  async () => {
    const numbers = new Set<number>();
    const { channel, registry } = await open({
      handler(request, response, { peer }) {
        numbers.add(peer.number);
        request.resume();
        response.end();
      },
    });
    const program = [
      "import os, socket, sys",
      "call = b'POST /a HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 0\\r\\n\\r\\n'",
      "for _ in range(1000):",
      "  if os.fork() == 0:",
      "    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])",
      "    s.sendall(call); s.recv(99); os._exit(0)",
      "  os.wait()",
    ].join("\n");
    const before = readdirSync("/proc/self/fd").length;
    const callers = start("python3", ["-c", program, channel.path]);
    const sweeping = setInterval(() => registry.sweep(), 5);
    await new Promise((resolve) => callers.once("close", resolve));
    await until(() => channel.connections.size === 0);
    clearInterval(sweeping);
    registry.sweep();
    expect(numbers.size).toBe(1000);
    expect(registry.size).toBe(0);
    expect(pinned()).toEqual([]);
    expect(readdirSync("/proc/self/fd").length).toBeLessThan(before + 10);
  },
);

/** What our open descriptors say of other processes. */
function pinned(): string[] {
  return readdirSync("/proc/self/fd")
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return "";
      }
    })
    .filter((link) => link.includes("pidfd") || /^\/proc\/\d+/.test(link))
    .filter((link) => !link.startsWith(`/proc/${process.pid}/`));
}
