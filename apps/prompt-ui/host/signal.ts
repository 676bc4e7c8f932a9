// SPDX-License-Identifier: Apache-2.0

/** Something that happens again and again, for those who wait for it. */
export interface Signal {
  /** It happened. */
  give(): void;
  /** Resolves when it happens next; rejects when aborted before. */
  next(aborted: AbortSignal): Promise<void>;
}

/** Nobody waits yet. */
export function createSignal(): Signal {
  const waiting = new Set<() => void>();
  return {
    give() {
      for (const wake of waiting) wake();
    },
    next: (aborted) =>
      new Promise((resolve, reject) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        const stop = () => {
          waiting.delete(wake);
          reject(aborted.reason);
        };
        if (aborted.aborted) stop();
        else aborted.addEventListener("abort", stop, { once: true });
      }),
  };
}
