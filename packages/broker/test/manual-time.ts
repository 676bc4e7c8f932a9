// SPDX-License-Identifier: Apache-2.0
import type { Scheduler } from "../src/peer/scheduler.ts";
import type { Clock } from "../src/session/clock.ts";

/** Time that a test moves by hand: nothing passes by itself. */
export interface ManualTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Boot time and time of day go on, asleep or awake alike; no timer fires. */
  advance(ms: number): void;
  /** What is due within so many milliseconds of the timers' own time is run. */
  runTimers(ms: number): void;
  /** Somebody sets the time of day. */
  setWall(ms: number): void;
  /** The clock cannot be read from now on. */
  breakClock(): void;
}

/** Starts at some boot time and some day. */
export function createManualTime(): ManualTime {
  let boot = 1_000_000;
  let wall = Date.UTC(2027, 0, 15, 12);
  let broken = false;
  let timers = 0;
  const due = new Set<{ at: number; task: () => void }>();
  return {
    clock: {
      bootMs() {
        if (broken) throw new Error("the clock cannot be read");
        return boot;
      },
      wallMs: () => wall,
    },
    scheduler: {
      after(delayMs, task) {
        const entry = { at: timers + delayMs, task };
        due.add(entry);
        return () => due.delete(entry);
      },
    },
    advance(ms) {
      boot += ms;
      wall += ms;
    },
    runTimers(ms) {
      timers += ms;
      for (const entry of [...due].sort((a, b) => a.at - b.at)) {
        if (entry.at > timers || !due.delete(entry)) continue;
        entry.task();
      }
    },
    setWall(ms) {
      wall = ms;
    },
    breakClock() {
      broken = true;
    },
  };
}
