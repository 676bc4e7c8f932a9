// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// A run needs less than the first; more than the second is what its cases left.
const usualBytes = 160 * 1024 * 1024;
const leftBytes = 48 * 1024 * 1024;

let limit = usualBytes;
let collect: (() => void) | undefined;

/**
 * Called between cases. A case that flooded a broker leaves its bytes behind,
 * and V8 is in no hurry: the runner would grow by each of them. When it has
 * grown, they are collected.
 */
export function dropSpentMemory(): void {
  if (process.memoryUsage.rss() < limit) return;
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  limit = Math.max(usualBytes, process.memoryUsage.rss() + leftBytes);
}
