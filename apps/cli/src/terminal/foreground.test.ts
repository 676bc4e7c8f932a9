// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { isInForeground } from "./foreground.ts";

test("in front is whose process group the terminal has in front (T58)", () => {
  const stat = (group: number, front: number) => () =>
    `41 (a (b) 1 2 3 4) S 7 ${group} 9 34816 ${front} 4194304 1`;
  expect(isInForeground(stat(41, 41))).toBe(true);
  expect(isInForeground(stat(41, 42))).toBe(false);
  // No terminal at all.
  expect(isInForeground(stat(41, -1))).toBe(false);
  expect(isInForeground(stat(0, 0))).toBe(false);
});

test("what cannot be told is not in front", () => {
  expect(isInForeground(() => "")).toBe(false);
  expect(
    isInForeground(() => {
      throw new Error("no /proc");
    }),
  ).toBe(false);
});
