// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Give memory back that loading the program took and nothing uses any more.
 * V8 keeps what its young generation grew to then, some twenty megabytes, for
 * as long as little happens, which is what a broker mostly does. Once, at the
 * start: it takes some tens of milliseconds, in which nothing else runs.
 */
export function dropStartGarbage(): void {
  // It decides what the next context is born with, and changes nothing else.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: object) => void;
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
