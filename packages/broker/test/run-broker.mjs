// SPDX-License-Identifier: Apache-2.0
// The broker as a process of its own, as `assent broker run` starts it. It is
// closed to all others, so it tells itself which sockets it has: on SIGUSR2.
import { readdirSync, readlinkSync } from "node:fs";
import inspector from "node:inspector";
import { runBroker } from "../src/run.ts";

const [home, log = "{}"] = process.argv.slice(2);
try {
  const broker = await runBroker({ home, log: JSON.parse(log) });
  process.on("SIGTERM", async () => {
    await broker.stop();
    process.exit(0);
  });
  process.on("SIGUSR2", () => {
    console.log(`debugger ${inspector.url() ?? "none"}`);
    console.log(`sockets ${sockets().join(" ")}.`);
  });
  console.log("ready");
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

/** Inodes of the sockets that this process holds. */
function sockets() {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${descriptor}`);
      return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [];
    } catch {
      return [];
    }
  });
}
