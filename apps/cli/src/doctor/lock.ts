// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Places } from "@assent/protocol";

/** Process that holds a broker's directory; undefined: nobody does. Takes no lock itself. */
export function lockHolder({ runtimeDirectory }: Places): number | undefined {
  const path = join(runtimeDirectory, "lock");
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
    // 1: FLOCK  ADVISORY  WRITE 4711 00:2a:1234 0 EOF
    const [, kind, , , pid, file] = line.split(/\s+/);
    const inode = file?.split(":")[2];
    if (kind === "FLOCK" && inode === String(stats.ino)) return Number(pid);
  }
  return undefined;
}
