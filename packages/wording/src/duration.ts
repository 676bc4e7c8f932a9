// SPDX-License-Identifier: Apache-2.0
import { count } from "./plural.ts";

/**
 * A length of time in words, in its two largest units: `10 minutes`,
 * `1 hour 30 minutes`. What is below a second is told as such.
 */
export function durationText(durationMs: number): string {
  const seconds = Math.max(Math.floor(durationMs / 1000), 0);
  const parts = [
    [Math.floor(seconds / 86_400), "day"],
    [Math.floor(seconds / 3_600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds % 60, "second"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return "less than a second";
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => count(n, unit))
    .join(" ");
}

/** Time that is left, as on a clock: `1:26`, `0:09`. A begun second counts. */
export function clockText(durationMs: number): string {
  const seconds = Math.max(Math.ceil(durationMs / 1000), 0);
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
