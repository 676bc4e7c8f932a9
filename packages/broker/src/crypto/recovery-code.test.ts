// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { systemRandom } from "./random.ts";
import {
  createRecoveryCode,
  formatRecoveryCode,
  parseRecoveryCode,
} from "./recovery-code.ts";

const text = (value: string) => new TextEncoder().encode(value);
const print = (code: Uint8Array) =>
  Buffer.from(formatRecoveryCode(code).bytes).toString("latin1");

test("a code is 128 random bits in groups of five characters", () => {
  const code = createRecoveryCode(systemRandom);
  expect(code.bytes.length).toBe(16);
  expect(print(code.bytes)).toMatch(
    /^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]$/,
  );
  expect(print(code.bytes)).not.toBe(
    print(createRecoveryCode(systemRandom).bytes),
  );
});

test("what is printed reads back, however it is typed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const printed = print(bytes);
      const typed = [
        printed,
        printed.toLowerCase(),
        printed.replaceAll("-", ""),
        ` ${printed.replaceAll("-", " ")}\r\n`,
        printed.replaceAll("0", "o").replaceAll("1", "I"),
        printed.replaceAll("0", "O").replaceAll("1", "l"),
      ];
      for (const one of typed) {
        expect(parseRecoveryCode(text(one))?.bytes).toEqual(Buffer.from(bytes));
      }
    }),
  );
});

test("what is no code is none", () => {
  const printed = print(createRecoveryCode(systemRandom).bytes);
  for (const wrong of [
    "",
    printed.slice(0, -1),
    `${printed}0`,
    printed.replace(/^./, "U"),
    printed.replace(/^./, "é"),
    // Bits beyond the 128.
    `${"0".repeat(25)}1`,
  ]) {
    expect(parseRecoveryCode(text(wrong))).toBeUndefined();
  }
});
