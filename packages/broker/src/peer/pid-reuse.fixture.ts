// SPDX-License-Identifier: Apache-2.0
// Runs in a PID namespace of its own: lets a caller end, starts another under
// the same pid, and says what was seen of both.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { createLinuxSource } from "./linux-source.ts";
import type { Peer } from "./peer.ts";
import { createBinding } from "./platform.ts";
import { createPeerRegistry } from "./registry.ts";
import { systemScheduler } from "./scheduler.ts";
import { socketDescriptor } from "./socket-descriptor.ts";

const binding = await createBinding();
const registry = createPeerRegistry({
  source: createLinuxSource({
    binding,
    scheduler: systemScheduler,
    wallMs: () => Date.now(),
  }),
});
const path = `${process.argv[2]}/s`;
const server = createServer();
server.listen(path);
await once(server, "listening");

function startCaller(): ChildProcess {
  const caller = new URL("./caller.fixture.ts", import.meta.url).pathname;
  return spawn(process.execPath, [caller, "connect-until-told", path], {
    stdio: "ignore",
  });
}

async function admitted(): Promise<Peer> {
  const [socket] = (await once(server, "connection")) as [Socket];
  const lease = registry.admit(socketDescriptor(socket) ?? -1);
  if (typeof lease === "string") throw new Error(lease);
  return lease.peer;
}

const first = startCaller();
const firstPeer = await admitted();
first.kill("SIGKILL");
await once(first, "exit");

// Threads take numbers, too: again until it is the same.
let second: ChildProcess;
for (;;) {
  writeFileSync("/proc/sys/kernel/ns_last_pid", String(firstPeer.pid - 1));
  second = startCaller();
  if (second.pid === firstPeer.pid) break;
  second.kill("SIGKILL");
  await once(second, "exit");
}
const secondPeer = await admitted();
process.stdout.write(
  `${JSON.stringify({
    firstPid: firstPeer.pid,
    secondPid: secondPeer.pid,
    firstEnd: firstPeer.verify(),
    secondEnd: secondPeer.verify(),
    sameNumber: firstPeer.number === secondPeer.number,
  })}\n`,
);
second.kill("SIGKILL");
await once(second, "exit");
process.exit(0);
