// SPDX-License-Identifier: Apache-2.0

/** What is shown of an item after its password, and until when. */
export interface Exposure<T> {
  readonly shown: T;
  /** On the clock that `startExposure` was given, milliseconds. */
  readonly endsAtMs: number;
}

/** What is shown stays so long, milliseconds. */
export const exposureMs = 30_000;

/** Show something from `nowMs` on. */
export function startExposure<T>(shown: T, nowMs: number): Exposure<T> {
  return { shown, endsAtMs: nowMs + exposureMs };
}

/** Time that is left, milliseconds; 0: it has to be hidden. */
export function exposureLeftMs(
  exposure: Exposure<unknown>,
  nowMs: number,
): number {
  const left = exposure.endsAtMs - nowMs;
  // A clock that was set back shows nothing for longer.
  return left > exposureMs ? 0 : Math.max(left, 0);
}
