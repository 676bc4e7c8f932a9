// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** The clock of a host, and what runs by it. */
export interface Time {
  /** Milliseconds since the machine started, sleep included; it cannot be set. */
  now(): number;
  /** Run a task later; returns how to prevent it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The time of this machine. */
export const systemTime: Time = {
  now: () => Number.parseFloat(readFileSync("/proc/uptime", "utf8")) * 1_000,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
