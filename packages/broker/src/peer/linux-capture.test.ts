// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { captureConnected } from "./linux-capture.ts";
import { LinuxProcess } from "./linux-process.ts";
import type { PeerRefusal } from "./process-capture.ts";
import {
  binding,
  fixture,
  isRoot,
  listen,
  nobody,
  start,
  startCaller,
  talk,
  temporaryDirectory,
  testWhen,
  until,
} from "./processes.fixture.ts";
import { socketDescriptor } from "./socket-descriptor.ts";
import { SystemCallError } from "./system-error.ts";

const context = {
  binding,
  userId: process.geteuid?.() ?? -1,
  ownPid: process.pid,
};
const old = {
  ...context,
  binding: {
    ...binding,
    peerPidfd: () => {
      throw new SystemCallError("SO_PEERPIDFD", constants.errno.ENOPROTOOPT);
    },
  },
};

function capture(socket: Socket, using = context): LinuxProcess | PeerRefusal {
  return captureConnected(using, socketDescriptor(socket) ?? -1);
}

function captured(found: LinuxProcess | PeerRefusal): LinuxProcess {
  if (!(found instanceof LinuxProcess)) throw new Error(`refused: ${found}`);
  return found;
}

async function connected(using = context) {
  const caller = await startCaller();
  const place = await listen(temporaryDirectory());
  const accepted = place.accepted((socket) => ({
    socket,
    process: captured(capture(socket, using)),
  }));
  await caller.ask({ connect: place.path });
  return { caller, place, ...(await accepted) };
}

for (const [kind, using] of [
  ["with a pidfd of the socket", context],
  ["on a kernel without one", old],
] as const) {
  test(`takes pid, user and executable from the system, ${kind} (PRC-001)`, async () => {
    const { caller, process: peer } = await connected(using);
    expect(peer.findings.pid).toBe(caller.child.pid);
    expect(peer.findings.userId).toBe(context.userId);
    expect(Buffer.from(peer.findings.image?.path ?? []).toString()).toBe(
      process.execPath,
    );
    expect(peer.findings.weak).toBe(using === old);
    expect(peer.verify()).toBeUndefined();
    peer.close();
  });

  test(`knows a process that exited, ${kind} (PRC-003)`, async () => {
    const { caller, process: peer } = await connected(using);
    caller.tell({ exit: 0 });
    await until(() => peer.verify() !== undefined);
    expect(peer.verify()).toBe("exited");
    peer.close();
    expect(peer.verify()).toBe("exited");
  });

  test(`knows an exec of the same program, ${kind} (PRC-005)`, async () => {
    const { caller, socket, process: peer } = await connected(using);
    const startTicks = peer.findings.startTicks;
    caller.tell({ exec: null });
    expect(await caller.next()).toEqual({ ready: caller.child.pid });
    expect(peer.verify()).toBe("replaced");
    expect(socket.destroyed).toBe(false);
    // Neither number tells: only the image does.
    const again = captured(capture(socket, using));
    expect(again.findings.pid).toBe(peer.findings.pid);
    expect(again.findings.startTicks).toBe(startTicks);
    expect(again.findings.image?.file).toBe(peer.findings.image?.file);
    expect(again.verify()).toBeUndefined();
    peer.close();
    again.close();
  });

  test(`knows an exec of another program, ${kind} (PRC-005)`, async () => {
    const { caller, process: peer } = await connected(using);
    caller.tell({
      exec: "/bin/sh",
      args: ["-c", "echo '{}'; exec sleep 1000"],
    });
    await caller.next();
    expect(peer.verify()).toBe("replaced");
    caller.child.kill("SIGKILL");
    await until(() => binding.hasEnded(peer.findings.pidfd));
    expect(peer.verify()).toBe("replaced");
    peer.close();
  });
}

test("knows an exec of a program with an empty environment (PRC-005)", async () => {
  const place = await listen(temporaryDirectory());
  const accepted = place.accepted((socket) => captured(capture(socket)));
  const caller = talk(
    ["-i", process.execPath, fixture("caller")],
    {},
    "/usr/bin/env",
  );
  await caller.next();
  await caller.ask({ connect: place.path });
  const peer = await accepted;
  expect(peer.verify()).toBeUndefined();
  caller.tell({ exec: null });
  await caller.next();
  expect(peer.verify()).toBe("replaced");
  peer.close();
});

test("falls back to the environment where there is no page map (PRC-005)", async () => {
  const without = {
    ...context,
    binding: {
      ...binding,
      answers: (descriptor: number, length: number) =>
        length !== 8 && binding.answers(descriptor, length),
    },
  };
  const { caller, process: peer } = await connected(without);
  expect(peer.findings.image?.tokenLength).toBe(1);
  expect(peer.verify()).toBeUndefined();
  caller.tell({ exec: null });
  await caller.next();
  expect(peer.verify()).toBe("replaced");
  peer.close();
});

test("does not identify a process whose image cannot be pinned (PRM-011)", async () => {
  const without = { ...context, binding: { ...binding, answers: () => false } };
  const { caller, process: peer } = await connected(without);
  expect(peer.findings.image).toBeUndefined();
  expect(peer.verify()).toBeUndefined();
  caller.tell({ exit: 0 });
  await until(() => peer.verify() === "exited");
  peer.close();
});

test("A3: refuses a peer that exited before it was accepted (PRC-006)", async () => {
  const place = await listen(temporaryDirectory());
  const accepted = place.accepted((socket) => capture(socket));
  // Nothing is accepted while this waits.
  spawnSync(process.execPath, [
    fixture("caller"),
    "connect-and-exit",
    place.path,
  ]);
  expect(await accepted).toBe("exited");
});

test("A3: refuses a peer that is a zombie when it is accepted (PRC-006)", async () => {
  const directory = temporaryDirectory();
  const place = await listen(directory);
  const accepted = place.accepted((socket) => capture(socket));
  const pidFile = join(directory, "pid");
  const caller = [
    process.execPath,
    fixture("caller"),
    "connect-and-exit",
    place.path,
  ];
  const script = `"$@" & echo $! > ${pidFile}; exec sleep 1000`;
  start("/bin/sh", ["-c", script, "sh", ...caller]);
  // Nothing is accepted while this waits.
  const waiting = `until [ -s ${pidFile} ] && grep -q ') Z ' /proc/$(cat ${pidFile})/stat; do :; done`;
  const { status } = spawnSync("/bin/sh", ["-c", waiting], { timeout: 20_000 });
  expect(status).toBe(0);
  expect(await accepted).toBe("exited");
});

test("knows a zombie for what it is (PRC-003)", async () => {
  const place = await listen(temporaryDirectory());
  const accepted = place.accepted((socket) => ({
    socket,
    process: captured(capture(socket)),
  }));
  // The shell becomes a program that never waits for its child.
  const caller = [
    process.execPath,
    fixture("caller"),
    "connect-until-told",
    place.path,
  ];
  start("/bin/sh", ["-c", '"$@" & exec sleep 1000', "sh", ...caller]);
  const { socket, process: peer } = await accepted;
  expect(peer.verify()).toBeUndefined();
  socket.write("go");
  const { pid } = peer.findings;
  await until(() =>
    readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z "),
  );
  expect(peer.verify()).toBe("exited");
  peer.close();
});

test("gives a connection no authority once its opener is gone, whoever holds it (PRC-004, PRC-006)", async () => {
  const { caller, socket, process: peer } = await connected();
  const { child } = await caller.ask({ giveAway: true });
  caller.tell({ exit: 0 });
  await until(() => peer.verify() !== undefined);
  expect(peer.verify()).toBe("exited");
  // The child still holds the other end.
  expect(socket.readableEnded).toBe(false);
  process.kill(Number(child), "SIGKILL");
  peer.close();
});

test("H1: refuses itself: a socket pair, or a connection of its own", async () => {
  const place = await listen(temporaryDirectory());
  const accepted = place.accepted((socket) => capture(socket));
  const own = connect(place.path);
  expect(await accepted).toBe("own-process");
  own.destroy();
  const child = start("/bin/sh", [], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  expect(capture(child.stdio[3] as unknown as Socket)).toBe("own-process");
});

test("refuses another user by the kernel's word, whatever the file mode says (PRC-009)", async () => {
  const place = await listen(temporaryDirectory());
  const stranger = { ...context, userId: context.userId + 1 };
  const accepted = place.accepted((socket) => capture(socket, stranger));
  await (await startCaller()).ask({ connect: place.path });
  expect(await accepted).toBe("other-user");
});

testWhen(isRoot, "root: sudo npx vitest run src/peer")(
  "refuses a process of another user that can reach the socket (PRC-009)",
  async () => {
    const place = await listen(temporaryDirectory(0o755));
    chmodSync(place.path, 0o777);
    const accepted = place.accepted((socket) => capture(socket));
    const caller = await startCaller({ uid: nobody, gid: nobody });
    await caller.ask({ connect: place.path });
    expect(await accepted).toBe("other-user");
  },
);

test("refuses a peer of which the system tells nothing", () => {
  expect(captureConnected(context, -1)).toBe("unknown");
});

test("F3: refuses a peer from outside its PID namespace (T5)", async () => {
  const outside = {
    ...context,
    binding: {
      ...binding,
      peerCredentials: () => ({ pid: 0, userId: context.userId }),
    },
  };
  expect(captureConnected(outside, -1)).toBe("outside-namespace");
});

test("refuses a pidfd that is of another process than the kernel recorded (T1)", async () => {
  const other = start("/bin/sh");
  const place = await listen(temporaryDirectory());
  const mixed = {
    ...context,
    binding: { ...binding, peerPidfd: () => binding.openPidfd(other.pid) },
  };
  const accepted = place.accepted((socket) => capture(socket, mixed));
  await (await startCaller()).ask({ connect: place.path });
  expect(await accepted).toBe("exited");
});

test("refuses, on a kernel without a pidfd of the socket, a process that started after it was accepted (T1)", async () => {
  const place = await listen(temporaryDirectory());
  const early = { ...old, binding: { ...old.binding, bootTimeMs: () => 1 } };
  const accepted = place.accepted((socket) => capture(socket, early));
  await (await startCaller()).ask({ connect: place.path });
  expect(await accepted).toBe("exited");
});

test("frees every descriptor of a capture and of a refusal", async () => {
  const place = await listen(temporaryDirectory());
  const caller = await startCaller();
  const accepted = place.accepted((socket) => socket);
  await caller.ask({ connect: place.path });
  const socket = await accepted;
  const before = openDescriptors();
  captured(capture(socket)).close();
  captured(capture(socket, old)).close();
  for (const broken of [
    { ...context, binding: { ...binding, hasEnded: () => true } },
    { ...context, binding: { ...binding, answers: () => false } },
    { ...context, binding: { ...binding, fileKey: fails } },
    { ...context, binding: { ...binding, readLink: fails } },
    { ...old, binding: { ...old.binding, openPidfd: fails } },
  ]) {
    const found = capture(socket, broken);
    if (found instanceof LinuxProcess) {
      expect(found.findings.image).toBeUndefined();
      found.close();
    } else expect(found).toBe("exited");
  }
  expect(openDescriptors()).toBe(before);
});

test("says when descriptors run out", async () => {
  const place = await listen(temporaryDirectory());
  const without = {
    ...context,
    binding: {
      ...binding,
      peerPidfd: () => {
        throw new SystemCallError("SO_PEERPIDFD", constants.errno.EMFILE);
      },
    },
  };
  const accepted = place.accepted((socket) => capture(socket, without));
  await (await startCaller()).ask({ connect: place.path });
  expect(await accepted).toBe("exhausted");
});

function fails(): never {
  throw new SystemCallError("test", constants.errno.EACCES);
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
