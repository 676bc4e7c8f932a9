// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { frame, joined } from "./frame.ts";

test("no two lists of parts have the same frame", () => {
  const frames = [
    frame("ab", "c"),
    frame("a", "bc"),
    frame("abc"),
    frame("abc", ""),
    frame("", "abc"),
    frame(1, 2),
    frame(2, 1),
    frame(1n << 32n),
    frame(1),
    frame(),
  ].map((bytes) => Buffer.from(bytes).toString("hex"));
  expect(new Set(frames).size).toBe(frames.length);
});

test("two frames joined are the frame of the parts of both", () => {
  expect(joined(frame("a", 1n), frame(Uint8Array.of(2), "é"))).toEqual(
    frame("a", 1n, Uint8Array.of(2), "é"),
  );
});

test("a frame is lengths and parts, numbers are eight bytes", () => {
  expect(Buffer.from(frame("é", 258)).toString("hex")).toBe(
    "00000002c3a9000000080000000000000102",
  );
});
