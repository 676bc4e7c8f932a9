// SPDX-License-Identifier: Apache-2.0
import { getHeapSpaceStatistics } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { dropStartGarbage } from "./start-garbage.ts";

const megabyte = 2 ** 20;

function youngBytes(): number {
  const spaces = getHeapSpaceStatistics();
  const young = spaces.find(({ space_name }) => space_name === "new_space");
  return young?.space_size ?? Number.NaN;
}

// What survives makes the young generation grow, as loading a program does.
function grow(): void {
  const kept: object[] = [];
  for (let count = 0; count < 1_000_000; count++) kept.push({ count });
  expect(kept.length).toBe(1_000_000);
}

test("what the young generation grew to is given back, and no program gets the means", () => {
  grow();
  expect(youngBytes()).toBeGreaterThan(2 * megabyte);
  dropStartGarbage();
  expect(youngBytes()).toBeLessThan(megabyte);
  expect(runInNewContext("typeof gc")).toBe("undefined");
});
