// SPDX-License-Identifier: Apache-2.0

/** One call under way that several may wait for. */
export interface SharedCall<T> {
  /** True once it was aborted: too late to join. */
  readonly ended: boolean;
  /**
   * Wait for its outcome, or until `signal` is aborted, which rejects with the
   * signal's reason. When the last one goes, the call itself is aborted.
   */
  join(signal: AbortSignal): Promise<T>;
  /** Abort it: whoever waits is told `reason`. */
  end(reason: Error): void;
}

/** Start a call that lives as long as somebody waits for it; `over` is called once it is settled. */
export function createSharedCall<T>(
  start: (signal: AbortSignal) => Promise<T>,
  over: () => void,
): SharedCall<T> {
  const controller = new AbortController();
  const outcome = start(controller.signal);
  outcome.then(over, over);
  let waiting = 0;
  return {
    get ended() {
      return controller.signal.aborted;
    },
    end: (reason) => controller.abort(reason),
    join(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      waiting += 1;
      return new Promise<T>((resolve, reject) => {
        let here = true;
        const leave = () => {
          signal.removeEventListener("abort", giveUp);
          if (here) waiting -= 1;
          here = false;
        };
        const giveUp = () => {
          leave();
          reject(signal.reason);
          if (waiting === 0) controller.abort();
        };
        signal.addEventListener("abort", giveUp);
        outcome.then(resolve, reject).then(leave);
      });
    },
  };
}
