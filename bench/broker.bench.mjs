// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createHome, lineOf } from "../scripts/assent-home.mjs";
import { median } from "./median.mjs";

const starts = 5;
const idleMs = 5_000;

/**
 * The daemon as a user starts it, with an account and the integration on:
 * milliseconds from its start until it takes a connection, and megabytes (10^6)
 * resident when nobody asked anything for five seconds.
 */
export async function measure() {
  const home = createHome({ password: "bench horse battery staple" });
  try {
    const first = home.startBroker();
    await lineOf(first, "is running");
    await home.assent(["account", "create", "Personal"], "");
    await home.assent(["integration", "on"], "");
    await stop(first);
    const ready = [];
    let resident = 0;
    for (let count = 0; count < starts; count += 1) {
      const began = performance.now();
      const broker = home.startBroker();
      await lineOf(broker, "is running");
      const socket = createConnection(join(home.path, "run", "broker.sock"));
      await once(socket, "connect");
      ready.push(performance.now() - began);
      socket.destroy();
      if (count === starts - 1) {
        await wait(idleMs);
        const status = readFileSync(`/proc/${broker.pid}/status`, "latin1");
        resident = (Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) * 1024) / 1e6;
      }
      await stop(broker);
    }
    return { broker_ready_ms: median(ready), broker_idle_mb: resident };
  } finally {
    await home.remove();
  }
}

async function stop(broker) {
  const ended = once(broker, "close");
  broker.kill("SIGTERM");
  await ended;
}
