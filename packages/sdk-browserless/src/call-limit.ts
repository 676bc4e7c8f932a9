// SPDX-License-Identifier: Apache-2.0
import { AssentError } from "./error.ts";
import type { Timers } from "./timers.ts";

/** What ends a call before its answer. */
export interface CallOptions {
  /** Abort to give up, also while the user is being asked. */
  readonly signal?: AbortSignal;
  /**
   * The whole call, milliseconds, the wait for the user included. Without it
   * `requestTimeoutMs` and `authorizeTimeoutMs` of the client hold.
   */
  readonly timeoutMs?: number;
}

/** The bounds of one call; made when it begins, ended when it is over. */
export interface CallLimit {
  /** Aborted with an AssentError: `canceled`, `deadline-exceeded` or `closed`. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; undefined: no bound on the whole. */
  remainingMs(): number | undefined;
  /** @throws the signal's reason once it is aborted. */
  check(): void;
  /** End it early. */
  abort(reason: AssentError): void;
  /** Release the timer and the listener. */
  end(): void;
}

/** Bound a call by the program's signal and time (SDK-010). */
export function createCallLimit(
  options: CallOptions,
  timers: Timers,
): CallLimit {
  const controller = new AbortController();
  const abort = (reason: AssentError) => controller.abort(reason);
  const { signal, timeoutMs } = options;
  const cancel = () =>
    abort(
      signal?.reason instanceof AssentError
        ? signal.reason
        : new AssentError("canceled"),
    );
  const deadline =
    timeoutMs === undefined ? undefined : timers.now() + timeoutMs;
  const stop =
    timeoutMs === undefined
      ? undefined
      : timers.after(timeoutMs, () =>
          abort(new AssentError("deadline-exceeded")),
        );
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  return {
    signal: controller.signal,
    remainingMs: () =>
      deadline === undefined ? undefined : deadline - timers.now(),
    check: () => controller.signal.throwIfAborted(),
    abort,
    end() {
      stop?.();
      signal?.removeEventListener("abort", cancel);
    },
  };
}
