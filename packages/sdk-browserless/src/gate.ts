// SPDX-License-Identifier: Apache-2.0

/** Lets a number of calls in at once; the others wait their turn. */
export interface Gate {
  /**
   * Undefined: in. Otherwise in once the promise resolves; it rejects with the
   * reason of the signal when that is aborted first.
   */
  enter(signal: AbortSignal): Promise<void> | undefined;
  /** Once for each that was let in. */
  leave(): void;
}

export function createGate(most: number): Gate {
  const waiting = new Set<() => void>();
  let inside = 0;
  return {
    enter(signal) {
      if (inside < most) {
        inside += 1;
        return undefined;
      }
      return new Promise((resolve, reject) => {
        const letIn = () => {
          signal.removeEventListener("abort", giveUp);
          resolve();
        };
        const giveUp = () => {
          waiting.delete(letIn);
          reject(signal.reason);
        };
        waiting.add(letIn);
        signal.addEventListener("abort", giveUp, { once: true });
      });
    },
    leave() {
      // Who waits takes the place; without one it is free.
      for (const letIn of waiting) {
        waiting.delete(letIn);
        return letIn();
      }
      inside -= 1;
    },
  };
}
