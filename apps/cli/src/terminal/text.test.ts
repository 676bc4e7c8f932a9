// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { plainStyle, styleFor, textWidth, wrap } from "./text.ts";

test("wide characters take two columns, marks none", () => {
  expect(textWidth("abc")).toBe(3);
  expect(textWidth("日本")).toBe(4);
  expect(textWidth("a\u0301")).toBe(1);
  expect(textWidth("😀")).toBe(2);
});

test("breaks at spaces, else behind a slash, else anywhere", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrap("/usr/local/bin/git", 9)).toEqual(["/usr/", "local/", "bin/git"]);
  expect(wrap("/home/ada/bin/deploy-cli", 12)).toEqual([
    "/home/ada/",
    "bin/deploy-c",
    "li",
  ]);
  expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrap("日本語", 4)).toEqual(["日本", "語"]);
  expect(wrap("", 4)).toEqual([""]);
});

test("leaves nothing out but the space where a line breaks", () => {
  const text = "/a/very/long/path/of a program/with spaces/in-it and-more";
  for (let width = 1; width < 60; width += 1) {
    const lines = wrap(text, width);
    expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    for (const line of lines) {
      expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  }
});

test("colours nothing when the user wants none", () => {
  expect(styleFor({ NO_COLOR: "1" })).toBe(plainStyle);
  expect(styleFor({ TERM: "dumb" })).toBe(plainStyle);
  expect(styleFor({ TERM: "xterm", NO_COLOR: "" }).bold("x")).toBe(
    "\u001b[1mx\u001b[22m",
  );
});
