// SPDX-License-Identifier: Apache-2.0
// The broker as a process of its own that tells, every second, what it holds.
// It is closed to all others, so nobody else could count. Needs --expose-gc.
import { readdirSync } from "node:fs";
import { runBroker } from "../src/run.ts";

const [home] = process.argv.slice(2);
const broker = await runBroker({ home, log: (line) => console.error(line) });
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const timer = setInterval(() => {
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  const descriptors = readdirSync("/proc/self/fd").length;
  say({ rss, heap: heapUsed, external, descriptors });
}, 1000);
process.once("SIGTERM", async () => {
  clearInterval(timer);
  await broker.stop();
  process.exit(0);
});
say({ ready: true });
