// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { OpenError, open, seal } from "./envelope.ts";
import { frame } from "./frame.ts";
import { randomKey, systemRandom } from "./random.ts";

const key = randomKey(systemRandom).bytes;
const place = frame("test", "here");
const text = new TextEncoder().encode("canary");

test("an envelope opens with its key in its place", () => {
  const envelope = seal(key, place, text, systemRandom);
  expect(Buffer.from(open(key, place, envelope).bytes)).toEqual(
    Buffer.from(text),
  );
  expect(Buffer.from(envelope).includes(text)).toBe(false);
  expect(seal(key, place, text, systemRandom)).not.toEqual(envelope);
});

test("an envelope opens with no other key and in no other place (T37b)", () => {
  const envelope = seal(key, place, text, systemRandom);
  const other = randomKey(systemRandom).bytes;
  expect(() => open(other, place, envelope)).toThrow(OpenError);
  expect(() => open(key, frame("test", "there"), envelope)).toThrow(OpenError);
});

test("a change of any bit, and any cut, is noticed", () => {
  const envelope = seal(key, place, text, systemRandom);
  for (let bit = 0; bit < envelope.length * 8; bit++) {
    const changed = Uint8Array.from(envelope);
    const at = bit >>> 3;
    changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
    expect(() => open(key, place, changed)).toThrow(OpenError);
  }
  for (let length = 0; length < envelope.length; length++) {
    expect(() => open(key, place, envelope.subarray(0, length))).toThrow(
      OpenError,
    );
  }
});

test("the error tells nothing of what was sealed", () => {
  const envelope = seal(key, place, text, systemRandom);
  envelope[envelope.length - 1] = (envelope.at(-1) ?? 0) ^ 1;
  try {
    open(key, place, envelope);
    expect.unreachable();
  } catch (error) {
    expect(String((error as Error).stack)).not.toContain("canary");
    expect((error as Error).cause).toBeUndefined();
  }
});
