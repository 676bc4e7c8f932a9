// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { authenticate, deriveKey, isEqual } from "./derive.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

test("HMAC-SHA256 is that of RFC 4231, however its input is cut", () => {
  const key = new Uint8Array(20).fill(0x0b);
  const expected =
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
  const data = new TextEncoder().encode("Hi There");
  const whole = authenticate(key, data);
  const parts = authenticate(key, data.subarray(0, 3), data.subarray(3));
  expect(Buffer.from(whole).toString("hex")).toBe(expected);
  expect(parts).toEqual(whole);
});

test("HKDF-SHA256 is that of RFC 5869, and binds what a key is for", () => {
  const key = new Uint8Array(22).fill(0x0b);
  const derived = (info: string, salt?: Uint8Array) =>
    Buffer.from(deriveKey(key, info, salt).bytes).toString("hex");
  expect(derived("")).toBe(
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
  );
  const salt = hex("000102030405060708090a0b0c");
  expect(
    new Set([derived(""), derived("a"), derived("b"), derived("a", salt)]).size,
  ).toBe(4);
});

test("bytes are equal when length and content are", () => {
  expect(isEqual(hex("0102"), hex("0102"))).toBe(true);
  expect(isEqual(hex("0102"), hex("0103"))).toBe(false);
  expect(isEqual(hex("0102"), hex("010203"))).toBe(false);
  expect(isEqual(hex(""), hex(""))).toBe(true);
});
