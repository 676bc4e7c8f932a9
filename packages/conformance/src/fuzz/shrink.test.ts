// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { randomFrom } from "../run/random.ts";
import { shrink } from "./shrink.ts";
import { randomWalk } from "./walk.ts";

const numbers = Array.from({ length: 100 }, (_, index) => index);

test("what does not matter to a failure is left out", async () => {
  const found = await shrink(
    numbers,
    async (some) => some.includes(17) && some.includes(83),
  );
  expect(found).toEqual([17, 83]);
});

test("a failure that needs everything stays whole, and the search ends", async () => {
  let tries = 0;
  const found = await shrink(
    numbers,
    async (some) => {
      tries += 1;
      return some.length === numbers.length;
    },
    50,
  );
  expect(found).toEqual(numbers);
  expect(tries).toBeLessThanOrEqual(50);
});

test("the same seed gives the same walk, another seed another one", () => {
  const walk = (seed: string) => randomWalk(50, 3, randomFrom(seed));
  expect(walk("a")).toEqual(walk("a"));
  expect(walk("a")).not.toEqual(walk("b"));
  expect(walk("a").flatMap(({ moves }) => moves).length).toBeGreaterThan(50);
});
