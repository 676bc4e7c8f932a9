// SPDX-License-Identifier: Apache-2.0
import type { ActivityEntry } from "./activity-entry.ts";

/**
 * The log with more of it, newest first. An entry that is told twice, as after
 * signing in again, is there once.
 */
export function addEntries(
  entries: readonly ActivityEntry[],
  more: readonly ActivityEntry[],
): readonly ActivityEntry[] {
  const known = new Set(entries.map(({ sequence }) => sequence));
  const fresh = more.filter(({ sequence }) => {
    if (known.has(sequence)) return false;
    known.add(sequence);
    return true;
  });
  return fresh.length === 0
    ? entries
    : [...entries, ...fresh].sort(newestFirst);
}

function newestFirst(one: ActivityEntry, other: ActivityEntry): number {
  return other.atMs - one.atMs || Number(other.sequence - one.sequence);
}
