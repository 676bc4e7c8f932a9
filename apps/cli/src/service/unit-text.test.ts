// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { assignment, plain, quoted } from "./unit-text.ts";

test("leaves ordinary words as they are", () => {
  expect(quoted("/usr/bin/node")).toBe("/usr/bin/node");
  expect(plain("/run/user/1000/assent/owner.sock")).toBe(
    "/run/user/1000/assent/owner.sock",
  );
});

test("keeps what systemd would replace or split", () => {
  expect(quoted("/a b")).toBe('"/a b"');
  expect(quoted("/100%h")).toBe("/100%%h");
  expect(quoted("/$HOME")).toBe('"/$$HOME"');
  expect(quoted('/a"b\\c')).toBe('"/a\\"b\\\\c"');
  expect(quoted("/a;b")).toBe('"/a;b"');
  expect(plain("/a b/%t")).toBe("/a b/%%t");
  // Variables are replaced in command lines alone.
  expect(assignment("X", "/$a %b")).toBe('"X=/$a %%b"');
});

test.each(["/a\nExecStart=/b", "/a\0", "/a\u0085"])(
  "refuses what would begin another line: %j",
  (path) => {
    for (const write of [plain, quoted, (p: string) => assignment("X", p)]) {
      expect(() => write(path)).toThrow(RangeError);
    }
  },
);

test("refuses a line's end that systemd would read otherwise", () => {
  expect(() => plain("/a\\")).toThrow(RangeError);
  expect(() => plain("/a ")).toThrow(RangeError);
});
