// SPDX-License-Identifier: Apache-2.0
import type { Scheduler } from "./scheduler.ts";

/**
 * Runs one thing after another that a stranger can make slow: a file on a file
 * system of their own, memory that does not answer. Whatever they do costs one
 * thread of Node's pool at most, and whoever waits gets nothing instead.
 */
export interface Lane {
  /**
   * The result of `task`; undefined when it failed or was not there in time.
   * A task whose turn did not come in time is never started; one that was
   * started goes on, and the next waits for it.
   */
  run<T>(task: () => Promise<T>): Promise<T | undefined>;
}

/** A lane in which each task has `deadlineMs` from the moment it was asked for. */
export function createLane(scheduler: Scheduler, deadlineMs: number): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run<T>(task: () => Promise<T>): Promise<T | undefined> {
      let late = false;
      const previous = last;
      const result = (async () => {
        await previous;
        return late ? undefined : await task();
      })().catch(() => undefined);
      last = result;
      return new Promise((resolve) => {
        const cancel = scheduler.after(deadlineMs, () => {
          late = true;
          resolve(undefined);
        });
        result.then((value) => {
          cancel();
          resolve(value);
        });
      });
    },
  };
}
