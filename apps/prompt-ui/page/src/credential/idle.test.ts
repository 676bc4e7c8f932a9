// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { idleMs, isIdle } from "./idle.ts";

it("a page that nobody touched for ten minutes is idle, not a moment before", () => {
  expect(isIdle(1_000, 1_000 + idleMs - 1)).toBe(false);
  expect(isIdle(1_000, 1_000 + idleMs)).toBe(true);
  expect(idleMs).toBe(600_000);
});

it("a clock that was set back makes nobody idle", () => {
  expect(isIdle(5_000_000, 1_000)).toBe(false);
});
