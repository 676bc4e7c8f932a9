// SPDX-License-Identifier: Apache-2.0
import type { Timers } from "@assent/sdk-browserless";

/** The outcome of `promise`, or the reason of the signal as soon as it is aborted. */
export function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give);
    promise
      .then(resolve, reject)
      .then(() => signal.removeEventListener("abort", give));
  });
}

/** Let `ms` pass, unless the signal is aborted before: that rejects with its reason. */
export function pause(
  ms: number,
  signal: AbortSignal,
  timers: Timers,
): Promise<void> {
  let stop = () => {};
  const passed = new Promise<void>((resolve) => {
    stop = timers.after(ms, resolve);
  });
  return unlessAborted(passed, signal).finally(stop);
}
