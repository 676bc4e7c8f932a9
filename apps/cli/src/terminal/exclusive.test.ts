// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createSetExclusive } from "./exclusive.ts";

test("says why it cannot, and what to do, when koffi is missing", () => {
  const setExclusive = createSetExclusive(() => {
    throw new Error("Cannot find module 'koffi'");
  });
  expect(setExclusive(0, true)).toMatch(/koffi does not load.*install/);
});

test("says so when it is no terminal", () => {
  expect(createSetExclusive()(-1, true)).toMatch(/refused/);
});
