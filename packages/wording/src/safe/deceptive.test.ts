// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { isDeceptive } from "./deceptive.ts";
import { makeSafe } from "./make-safe.ts";

test("names in one script are not deceptive", () => {
  for (const name of [
    "/usr/bin/git",
    "/home/ada/Проекты/проект-api",
    "/home/ada/תיק-backup/tool.py",
    "日本語abcテスト",
    "한국어",
    "ελληνικά",
    "naïve-2.0_b",
  ]) {
    expect(isDeceptive(name), name).toBe(false);
  }
});

test("hidden, control and bidirectional characters are deceptive (T21)", () => {
  for (const name of [
    "gpj\u202eexe.tool",
    "git\u200b",
    "git\u{e0100}",
    "a\u001b[31m",
    "git ",
    "a  b",
    "node\u00a0",
    "⠀",
  ]) {
    expect(isDeceptive(name), name).toBe(true);
  }
});

test("mixed scripts and look-alikes are deceptive (T21)", () => {
  for (const name of [
    "p\u0430ypal",
    "\u0441\u043e\u0440\u0443",
    "gi\u03c4",
    "/tmp\u2215bin\u2215git",
    "\uff4eode",
    "\u{1d5c0}it",
    "a\uff0fb",
  ]) {
    expect(isDeceptive(name), name).toBe(true);
  }
});

test("a name that literally holds an escape is deceptive, too", () => {
  expect(isDeceptive("git<U+202E>")).toBe(true);
  expect(isDeceptive("git<U+0041>")).toBe(true);
});

test("bytes that are no UTF-8 are deceptive", () => {
  expect(isDeceptive(new Uint8Array([0x67, 0xff]))).toBe(true);
});

test("raw text and text made safe are judged alike", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(isDeceptive(makeSafe(text))).toBe(isDeceptive(text));
    }),
  );
});
