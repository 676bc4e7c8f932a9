// SPDX-License-Identifier: Apache-2.0
import { limits, Reason } from "@assent/protocol";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { refusal } from "./refusal.ts";

/**
 * The inactivity timeout that is asked for, in milliseconds: never above
 * `longestMs` (EXP-010), never so short that it could not be used.
 *
 * @throws ConnectError with REASON_INVALID
 */
export function readInactivity(
  asked: Duration | undefined,
  longestMs: number,
): number {
  if (asked === undefined) return longestMs;
  const { seconds, nanos } = asked;
  const wellFormed =
    nanos >= 0 && nanos <= 999_999_999 && seconds >= 0n && seconds < 1n << 40n;
  const ms = Number(seconds) * 1000 + Math.floor(nanos / 1_000_000);
  if (!wellFormed || ms < limits.inactivityMinMs) throw refusal(Reason.INVALID);
  return Math.min(ms, longestMs);
}
