// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/**
 * Whether this process is in front on its terminal: what is typed there is
 * meant for it. When that cannot be told it is not.
 */
export function isInForeground(
  readStat: () => string = () => readFileSync("/proc/self/stat", "latin1"),
): boolean {
  try {
    const stat = readStat();
    // After the name, which may hold anything: state, parent, group, session,
    // terminal, and the group in front there.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [, , group, , , front] = fields;
    return group !== undefined && group === front && Number(group) > 0;
  } catch {
    return false;
  }
}
