// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changeSum, sumToBytes } from "./native-sum.ts";

const digests = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }));

test("the sum of a set does not depend on how the set came about", () => {
  fc.assert(
    fc.property(digests, digests, (kept, gone) => {
      const direct = changeSum(0n, kept, []);
      const detour = changeSum(
        changeSum(changeSum(0n, gone, []), kept.toReversed(), []),
        [],
        gone,
      );
      expect(detour).toBe(direct);
      expect(sumToBytes(direct).length).toBe(32);
    }),
  );
});

test("one digest more, less or twice is another sum", () => {
  const [a, b] = [randomBytes(32), randomBytes(32)];
  const sums = [[], [a], [b], [a, b], [a, a], [a, a, b]].map((set) =>
    Buffer.from(sumToBytes(changeSum(0n, set, []))).toString("hex"),
  );
  expect(new Set(sums).size).toBe(sums.length);
});

test("the sum wraps at 2^256", () => {
  const most = new Uint8Array(32).fill(255);
  const one = new Uint8Array(32).fill(1, 31);
  expect(changeSum(0n, [most, one], [])).toBe(0n);
  expect(Buffer.from(sumToBytes(changeSum(0n, [], [one])))).toEqual(
    Buffer.from(most),
  );
});
