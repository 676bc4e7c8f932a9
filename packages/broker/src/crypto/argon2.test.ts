// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import {
  deriveArgon2id,
  isBearable,
  isStrongEnough,
  leastArgon2Cost,
} from "./argon2.ts";

const text = (value: string) => new TextEncoder().encode(value);

// From the tests of the reference implementation, version 0x13.
const vectors = [
  {
    cost: { memory: 256, passes: 2, parallelism: 1 },
    tag: "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
  },
  {
    cost: { memory: 256, passes: 2, parallelism: 2 },
    tag: "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
  },
  {
    cost: { memory: 65536, passes: 2, parallelism: 1 },
    tag: "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
  },
];

for (const { cost, tag } of vectors) {
  test(`derives the reference key at ${JSON.stringify(cost)}`, async () => {
    const password = text("password");
    using key = await deriveArgon2id(password, text("somesalt"), cost);
    expect(Buffer.from(key.bytes).toString("hex")).toBe(tag);
    expect(password).toEqual(text("password"));
  });
}

test("the least cost is 64 MiB, three passes, four lanes", () => {
  expect(leastArgon2Cost).toEqual({ memory: 65536, passes: 3, parallelism: 4 });
  expect(isStrongEnough(leastArgon2Cost)).toBe(true);
  for (const part of ["memory", "passes", "parallelism"] as const) {
    const weaker = { ...leastArgon2Cost, [part]: leastArgon2Cost[part] - 1 };
    expect(isStrongEnough(weaker)).toBe(false);
  }
});

test("a cost that could exhaust memory or time is refused before deriving (T52)", () => {
  const unbearable = [
    { memory: 1024 * 1024 + 1, passes: 1, parallelism: 1 },
    { memory: 1024 * 1024, passes: 5, parallelism: 1 },
    { memory: 65536, passes: 1_000_000, parallelism: 4 },
    { memory: 65536, passes: 3, parallelism: 65 },
    { memory: 31, passes: 3, parallelism: 4 },
    { memory: 65536, passes: 0, parallelism: 4 },
    { memory: 65536.5, passes: 3, parallelism: 4 },
    { memory: Number.NaN, passes: 3, parallelism: 4 },
    { memory: -65536, passes: -3, parallelism: 4 },
    { memory: "65536" as never, passes: 3, parallelism: 4 },
  ];
  for (const cost of unbearable) {
    expect(isBearable(cost)).toBe(false);
    expect(() => deriveArgon2id(text("p"), text("somesalt"), cost)).toThrow(
      RangeError,
    );
  }
  expect(isBearable({ memory: 1024 * 1024, passes: 4, parallelism: 4 })).toBe(
    true,
  );
});
