// SPDX-License-Identifier: Apache-2.0
// Runs where /proc shows nobody more than their own: says what is seen of a
// process that hides.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createLinuxSource } from "./linux-source.ts";
import { createBinding } from "./platform.ts";
import { systemScheduler } from "./scheduler.ts";
import { socketDescriptor } from "./socket-descriptor.ts";

const source = createLinuxSource({
  binding: await createBinding(),
  scheduler: systemScheduler,
  wallMs: () => Date.now(),
});
const path = `${process.argv[2]}/s`;
const server = createServer();
server.listen(path);
await once(server, "listening");
const caller = spawn(
  process.execPath,
  [new URL("./caller.fixture.ts", import.meta.url).pathname],
  { stdio: ["pipe", "ignore", "inherit"] },
);
caller.stdin.write(`${JSON.stringify({ hide: true })}\n`);
caller.stdin.write(`${JSON.stringify({ connect: path })}\n`);
const [socket] = (await once(server, "connection")) as [Socket];
const capture = source.capture(socketDescriptor(socket) ?? -1);
if (typeof capture === "string") throw new Error(capture);
const alive = capture.verify();
const { signs, claims } = await capture.describe();
caller.kill("SIGKILL");
await once(caller, "exit");
process.stdout.write(
  `${JSON.stringify({
    identified: capture.identified,
    samePid: capture.pid === caller.pid,
    alive: alive ?? null,
    ended: capture.verify(),
    same: capture.isSame(capture),
    signs,
    args: claims.arguments.length,
  })}\n`,
);
process.exit(0);
