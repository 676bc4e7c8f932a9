// SPDX-License-Identifier: Apache-2.0

/** Runs something later; a test brings one whose time it moves by hand. */
export interface Scheduler {
  /** Run `task` once, `delayMs` from now; the returned function calls it off. */
  after(delayMs: number, task: () => void): () => void;
}

/** Node's timers. They keep no process alive. */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
