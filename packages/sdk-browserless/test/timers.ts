// SPDX-License-Identifier: Apache-2.0
import type { Timers } from "../src/timers.ts";

/** A clock that stands still until it is moved. */
export interface ManualTimers extends Timers {
  /** Move on, and run what comes due, in order. */
  advance(ms: number): void;
  /** Timers that are set. */
  readonly pending: number;
}

export function createManualTimers(): ManualTimers {
  let now = 0;
  const due = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      due.add(timer);
      return () => due.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...due].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && due.delete(timer)) timer.run();
      }
    },
    get pending() {
      return due.size;
    },
  };
}
