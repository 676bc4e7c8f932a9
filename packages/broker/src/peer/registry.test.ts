// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createLinuxSource } from "./linux-source.ts";
import type { Peer, PeerEnd } from "./peer.ts";
import {
  binding,
  fixture,
  isRoot,
  listen,
  nobody,
  real,
  start,
  startCaller,
  talk,
  temporaryDirectory,
  testWhen,
  until,
  works,
} from "./processes.fixture.ts";
import {
  createPeerRegistry,
  type PeerLease,
  type PeerRegistry,
} from "./registry.ts";
import { socketDescriptor } from "./socket-descriptor.ts";

const source = createLinuxSource(real);
const registries = new Set<PeerRegistry>();

afterEach(() => {
  for (const registry of registries) registry.close();
  registries.clear();
});

function createRegistry(capacity?: number): PeerRegistry {
  const registry = createPeerRegistry(
    capacity === undefined ? { source } : { source, capacity },
  );
  registries.add(registry);
  return registry;
}

function admit(registry: PeerRegistry) {
  return (socket: Socket): PeerLease => {
    const lease = registry.admit(socketDescriptor(socket) ?? -1);
    if (typeof lease === "string") throw new Error(`refused: ${lease}`);
    socket.once("close", () => lease.release());
    return lease;
  };
}

async function setUp(capacity?: number) {
  const registry = createRegistry(capacity);
  const place = await listen(temporaryDirectory());
  const caller = await startCaller();
  const first = place.accepted(admit(registry));
  await caller.ask({ connect: place.path });
  return { registry, place, caller, lease: await first };
}

test("takes all connections and threads of a process for one peer (PRC-008)", async () => {
  const { registry, place, caller, lease } = await setUp();
  const second = place.accepted(admit(registry));
  await caller.ask({ connect: place.path });
  expect((await second).peer).toBe(lease.peer);
  const third = place.accepted(admit(registry));
  await caller.ask({ connectFromThread: place.path });
  expect((await third).peer).toBe(lease.peer);
  expect(registry.size).toBe(1);
});

test("takes two processes of one executable for two peers (PRC-010)", async () => {
  const { registry, place, lease } = await setUp();
  const other = place.accepted(admit(registry));
  await (await startCaller()).ask({ connect: place.path });
  const { peer } = await other;
  expect(peer.number).not.toBe(lease.peer.number);
  expect(peer.pid).not.toBe(lease.peer.pid);
});

test("takes a process after an exec for a new peer, and ends the old one (PRC-005)", async () => {
  const { registry, place, caller, lease } = await setUp();
  caller.tell({ exec: null });
  await caller.next();
  const again = place.accepted(admit(registry));
  await caller.ask({ connect: place.path });
  const { peer } = await again;
  expect(peer.pid).toBe(lease.peer.pid);
  expect(peer.number).not.toBe(lease.peer.number);
  expect(peer.verify()).toBeUndefined();
  expect(lease.peer.verify()).toBe("replaced");
  const told: [Peer, PeerEnd][] = [];
  registry.onEnded((...end) => told.push(end));
  expect(registry.sweep()).toEqual([lease.peer]);
  expect(told).toEqual([[lease.peer, "replaced"]]);
});

test("tells each end once, and keeps answering it (PRC-003)", async () => {
  const { registry, caller, lease } = await setUp();
  const told: [Peer, PeerEnd][] = [];
  const stop = registry.onEnded((...end) => told.push(end));
  expect(registry.sweep()).toEqual([]);
  caller.tell({ exit: 0 });
  await until(() => registry.sweep().length > 0);
  registry.sweep();
  expect(told).toEqual([[lease.peer, "exited"]]);
  expect(lease.peer.verify()).toBe("exited");
  expect(registry.size).toBe(0);
  stop();
});

test("keeps a process without connections only while somebody holds it", async () => {
  const { registry, place, caller, lease } = await setUp();
  let held = true;
  registry.keepAlive((peer) => held && peer === lease.peer);
  lease.release();
  registry.sweep();
  expect(registry.isKept(lease.peer)).toBe(true);
  expect(lease.peer.verify()).toBeUndefined();
  const again = place.accepted(admit(registry));
  await caller.ask({ connect: place.path });
  expect((await again).peer).toBe(lease.peer);
  (await again).release();
  (await again).release();
  held = false;
  registry.sweep();
  expect(registry.size).toBe(0);
  // Nothing can be told of it any more, so it has no rights.
  expect(lease.peer.verify()).toBe("exited");
  const afterwards = place.accepted(admit(registry));
  await caller.ask({ connect: place.path });
  expect((await afterwards).peer.number).toBeGreaterThan(lease.peer.number);
});

test("refuses more processes than it may pin, until one is not needed (T60)", async () => {
  const { registry, place, lease } = await setUp(1);
  const other = await startCaller();
  const refused = place.accepted((socket) =>
    registry.admit(socketDescriptor(socket) ?? -1),
  );
  await other.ask({ connect: place.path });
  expect(await refused).toBe("exhausted");
  lease.release();
  const admitted = place.accepted(admit(registry));
  await other.ask({ connect: place.path });
  expect((await admitted).peer.pid).toBe(other.child.pid);
});

test("knows a child that it started, from its start", () => {
  const registry = createRegistry();
  const child = start("/bin/sh");
  const lease = registry.admitChild(child.pid);
  if (typeof lease === "string") throw new Error(lease);
  expect(lease.peer.pid).toBe(child.pid);
  expect(lease.peer.identified).toBe(true);
  expect(lease.peer.verify()).toBeUndefined();
  expect(registry.admitChild(0x3fffff)).toBe("exited");
});

test("knows who stems from whom, after the parent is gone, too", async () => {
  const registry = createRegistry();
  const place = await listen(temporaryDirectory());
  const parent = start("/bin/sh", [
    "-c",
    '"$@" & read nothing',
    "sh",
    process.execPath,
    fixture("caller"),
    "connect-until-told",
    place.path,
  ]);
  const ofParent = registry.admitChild(parent.pid);
  if (typeof ofParent === "string") throw new Error(ofParent);
  const { peer: child } = await place.accepted(admit(registry));
  expect(registry.stemsFrom(child, ofParent.peer)).toBe(true);
  expect(registry.stemsFrom(ofParent.peer, child)).toBe(false);
  expect(registry.stemsFrom(child, child)).toBe(true);
  parent.stdin?.end("\n");
  await until(() => ofParent.peer.verify() === "exited");
  registry.sweep();
  // Whether the orphan still lives is up to whoever adopted it, and does not matter.
  expect(registry.stemsFrom(child, ofParent.peer)).toBe(true);
});

test("G2: cannot identify a process that hides, and serves it nevertheless (PRM-011)", async () => {
  // As root everything can be read: then all of it runs as somebody else.
  const user = isRoot ? { uid: nobody, gid: nobody } : {};
  const directory = temporaryDirectory(isRoot ? 0o777 : 0o700);
  const broker = talk([fixture("admissions"), `${directory}/s`], user);
  await broker.next();
  const caller = await startCaller(user);
  await caller.ask({ connect: `${directory}/s` });
  expect(await broker.next()).toMatchObject({
    pid: caller.child.pid,
    identified: true,
  });
  expect(await caller.ask({ hide: true })).toEqual({ hidden: 0 });
  await caller.ask({ connect: `${directory}/s` });
  const hidden = await broker.next();
  // Not the peer it was: what was seen before no longer can be.
  expect(hidden).toMatchObject({
    number: 2,
    pid: caller.child.pid,
    identified: false,
    path: "",
  });
  expect(hidden).not.toHaveProperty("end");
  await caller.ask({ hide: false });
  await caller.ask({ connect: `${directory}/s` });
  expect(await broker.next()).toMatchObject({ number: 3, identified: true });
});

// Root of a user namespace, but without any of its rights: /proc hides from it.
const hiding = [
  "-Urpfm",
  "/bin/sh",
  "-c",
  'mount -t proc -o hidepid=2 proc /proc && exec setpriv --bounding-set=-all --inh-caps=-all "$@"',
  "sh",
];

testWhen(
  works("unshare", ...hiding, "true"),
  "user namespaces (sysctl kernel.unprivileged_userns_clone=1, or root) and setpriv: apt-get install util-linux",
)(
  "G3: cannot identify a process of which /proc shows nothing at all (PRM-011)",
  async () => {
    const directory = temporaryDirectory();
    const lab = talk(
      [...hiding, process.execPath, fixture("hidden"), directory],
      {},
      "unshare",
    );
    expect(await lab.next()).toEqual({
      identified: false,
      samePid: true,
      alive: null,
      ended: "exited",
      same: false,
      signs: [],
      args: 0,
    });
  },
);

test("looks at many processes in one call", () => {
  const children = [start("/bin/sh"), start("/bin/sh")];
  const pidfds = children.map(({ pid }) => binding.openPidfd(pid));
  expect(binding.haveEnded(pidfds)).toEqual([false, false]);
  expect(binding.haveEnded([])).toEqual([]);
});
