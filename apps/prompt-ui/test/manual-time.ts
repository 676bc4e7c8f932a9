// SPDX-License-Identifier: Apache-2.0
import type { Time } from "../host/time.ts";

/** Time that goes on only when a test says so. */
export interface ManualTime extends Time {
  advance(ms: number): void;
}

/** It is a thousand seconds since the start. */
export function createManualTime(): ManualTime {
  let nowMs = 1_000_000;
  const tasks = new Set<{ readonly at: number; readonly task: () => void }>();
  return {
    now: () => nowMs,
    after(delayMs, task) {
      const entry = { at: nowMs + delayMs, task };
      tasks.add(entry);
      return () => void tasks.delete(entry);
    },
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const [next] = [...tasks].sort((a, b) => a.at - b.at);
        if (next === undefined || next.at > end) break;
        tasks.delete(next);
        nowMs = Math.max(nowMs, next.at);
        next.task();
      }
      nowMs = end;
    },
  };
}
