// SPDX-License-Identifier: Apache-2.0

/** Time, handed in so that tests decide when it passes. */
export interface Timers {
  /** Milliseconds on a clock that only runs forward. */
  now(): number;
  /** Call once after `ms`, unless the function that is returned is called first. */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the runtime. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The longest time `setTimeout` knows, milliseconds: about 24 days. */
export const longestMs: number = 2 ** 31 - 1;
