// SPDX-License-Identifier: Apache-2.0
import type { Scheduler } from "./scheduler.ts";

/** A scheduler whose time stands still until it is moved. */
export interface ManualScheduler extends Scheduler {
  /** Milliseconds since it was made. */
  readonly nowMs: number;
  /** Tasks that are neither run nor called off. */
  readonly pending: number;
  /** Move the time, and run what falls due, in order. */
  advance(ms: number): void;
}

/** A scheduler at time zero. */
export function createManualScheduler(): ManualScheduler {
  const tasks = new Set<{
    readonly dueMs: number;
    readonly task: () => void;
  }>();
  let nowMs = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    get pending() {
      return tasks.size;
    },
    after(delayMs, task) {
      const entry = { dueMs: nowMs + delayMs, task };
      tasks.add(entry);
      return () => tasks.delete(entry);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...tasks]
          .filter(({ dueMs }) => dueMs <= untilMs)
          .sort((a, b) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        nowMs = next.dueMs;
        tasks.delete(next);
        next.task();
      }
      nowMs = untilMs;
    },
  };
}
