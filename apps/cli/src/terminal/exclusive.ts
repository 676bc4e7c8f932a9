// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import type * as Koffi from "koffi";

/**
 * Makes a terminal refuse to be opened by other processes of the user, or not
 * any more (T58). Says why it cannot; undefined: done.
 */
export type SetExclusive = (
  descriptor: number,
  on: boolean,
) => string | undefined;

// From the kernel's headers; the same on every architecture we support.
const makeExclusive = 0x540c;
const endExclusive = 0x540d;

/** By ioctl(2), through koffi; what it depends on is loaded at the first use. */
export function createSetExclusive(
  load: () => typeof Koffi = () => createRequire(import.meta.url)("koffi"),
): SetExclusive {
  let ioctl: ((descriptor: number, request: number) => number) | undefined;
  return (descriptor, on) => {
    try {
      ioctl ??= load().load(null).func("int ioctl(int, unsigned long, ...)");
      const done = ioctl(descriptor, on ? makeExclusive : endExclusive) === 0;
      return done ? undefined : "the system refused to close it to them";
    } catch {
      return "koffi does not load here: install with optional dependencies";
    }
  };
}
