// SPDX-License-Identifier: Apache-2.0

/** Too many wait already; nothing was started. */
export class TooManyWaitingError extends Error {
  override readonly name = "TooManyWaitingError";
}

/** Lets one task run at a time. */
export interface Turns {
  /**
   * Run the task when those before it are done.
   *
   * @throws TooManyWaitingError when the queue is full.
   * @throws the signal's reason when aborted before the task began.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/**
 * One task at a time, in the order they came, and at most `mostWaiting` that
 * wait: parallel attempts at a password cannot exhaust the memory (T52).
 */
export function createTurns(mostWaiting: number): Turns {
  const waiting: (() => void)[] = [];
  let busy = false;

  function next(): void {
    const start = waiting.shift();
    busy = start !== undefined;
    start?.();
  }

  function turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (!busy) {
      busy = true;
      return Promise.resolve();
    }
    if (waiting.length >= mostWaiting) {
      throw new TooManyWaitingError("too many wait already");
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(start);
    });
  }

  return {
    async run(task, signal) {
      await turn(signal);
      try {
        return await task();
      } finally {
        next();
      }
    },
  };
}
