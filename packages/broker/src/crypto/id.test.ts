// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createId, isId, looksLikeId } from "./id.ts";
import { systemRandom } from "./random.ts";

test("an id is 26 characters of lower-case base32", () => {
  const ids = new Set(
    Array.from({ length: 1_000 }, () => createId(systemRandom)),
  );
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(isId(id)).toBe(true);
});

test("an id holds all 128 random bits (RFC 4648)", () => {
  const zeros = createId((target) => target.fill(0));
  const ones = createId((target) => target.fill(255));
  expect(zeros).toBe("a".repeat(26));
  expect(ones).toBe(`${"7".repeat(25)}4`);
  for (let bit = 0; bit < 128; bit++) {
    const id = createId((target) => {
      target.fill(0);
      target[bit >>> 3] = 0x80 >>> (bit & 7);
    });
    expect(id).not.toBe(zeros);
  }
});

test("a name that could be taken for an id is recognized (T41)", () => {
  const id = createId(systemRandom);
  expect(looksLikeId(id)).toBe(true);
  expect(looksLikeId(id.toUpperCase())).toBe(true);
  expect(looksLikeId(` ${id}\u00a0`)).toBe(true);
  // Full-width letters.
  expect(looksLikeId(`\uff41${id.slice(1)}`)).toBe(true);
  expect(looksLikeId(id.slice(1))).toBe(false);
  expect(looksLikeId(`${id.slice(1)}1`)).toBe(false);
  expect(looksLikeId("Work")).toBe(false);
});
