// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import type * as Koffi from "koffi";

/** The two ends of a pipe; the caller closes them. */
export interface SystemPipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

const closeOnExec = 0o2000000;

/**
 * A real pipe, by pipe2(2) through koffi. What Node makes for a child is a
 * socket, and a socket cannot be opened again: `> /dev/stderr` in a script
 * would fail. Undefined: it cannot be made here.
 */
export function createSystemPipe(
  load: () => typeof Koffi = () => createRequire(import.meta.url)("koffi"),
): SystemPipe | undefined {
  try {
    const pipe2 = load().load(null).func("int pipe2(_Out_ int *, int)") as (
      ends: [number, number],
      flags: number,
    ) => number;
    const ends: [number, number] = [-1, -1];
    if (pipe2(ends, closeOnExec) !== 0) return undefined;
    return { readEnd: ends[0], writeEnd: ends[1] };
  } catch {
    return undefined;
  }
}
