// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { readKeys } from "./keys.ts";

function kinds(...bytes: number[]): string[] {
  return readKeys(new Uint8Array(bytes)).map((key) =>
    key.kind === "byte" ? String.fromCharCode(key.byte) : key.kind,
  );
}

test("a chunk of exactly one ESC is the Escape key", () => {
  expect(kinds(0x1b)).toEqual(["escape"]);
});

test("an ESC with anything around it is no Escape key", () => {
  expect(kinds(0x1b, 0x5b, 0x41)).toEqual(["up"]);
  expect(kinds(0x1b, 0x5b, 0x36, 0x7e)).toEqual(["page-down"]);
  expect(kinds(0x1b, 0x4f, 0x42)).toEqual(["down"]);
  expect(kinds(0x61, 0x1b)).toEqual(["a"]);
  expect(kinds(0x1b, 0x1b)).toEqual([]);
  expect(kinds(0x1b, 0x61, 0x62)).toEqual(["b"]);
});

test("a sequence that is not known, or is cut off, means nothing", () => {
  expect(kinds(0x1b, 0x5b, 0x31, 0x3b, 0x35, 0x43, 0x78)).toEqual(["x"]);
  expect(kinds(0x1b, 0x5b, 0x31)).toEqual([]);
  expect(kinds(0x1b, 0x4f)).toEqual([]);
});

test("control keys have their meanings, others none", () => {
  expect(kinds(3, 4, 8, 9, 10, 13, 21, 127, 1, 26)).toEqual([
    "interrupt",
    "end",
    "backspace",
    "tab",
    "enter",
    "enter",
    "clear",
    "backspace",
  ]);
});

test("characters come as the bytes they are", () => {
  expect(readKeys(new TextEncoder().encode("é"))).toEqual([
    { kind: "byte", byte: 0xc3 },
    { kind: "byte", byte: 0xa9 },
  ]);
});
