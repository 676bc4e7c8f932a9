// SPDX-License-Identifier: Apache-2.0
// Listens as the broker does and says what it thinks of each connection.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { hardenProcess } from "./hardening.ts";
import { createLinuxSource } from "./linux-source.ts";
import { checkPlatform, createBinding } from "./platform.ts";
import { createPeerRegistry } from "./registry.ts";
import { systemScheduler } from "./scheduler.ts";
import { socketDescriptor } from "./socket-descriptor.ts";

const binding = await createBinding();
hardenProcess(binding);
await checkPlatform(binding);
const source = createLinuxSource({
  binding,
  scheduler: systemScheduler,
  wallMs: () => Date.now(),
});
const registry = createPeerRegistry({ source });
const say = (answer: object) =>
  process.stdout.write(`${JSON.stringify(answer)}\n`);

const server = createServer((socket) => {
  socket.on("error", () => undefined);
  const lease = registry.admit(socketDescriptor(socket) ?? -1);
  if (typeof lease === "string") {
    say({ refused: lease });
    return;
  }
  const { peer } = lease;
  peer.describe().then(({ path }) =>
    say({
      number: peer.number,
      pid: peer.pid,
      identified: peer.identified,
      path: Buffer.from(path).toString(),
      end: peer.verify(),
    }),
  );
});
const limits = readFileSync("/proc/self/limits", "latin1");
const coreLimit = /^Max core file size +(\S+ +\S+)/m.exec(limits)?.[1];
server.listen(process.argv[2], () =>
  say({
    listening: process.pid,
    coreLimit: coreLimit?.replace(/ +/, " "),
  }),
);
process.stdin.on("close", () => process.exit(0)).resume();
