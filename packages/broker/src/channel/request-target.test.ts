// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { originForm } from "./request-target.ts";

for (const [target, origin] of [
  ["/a.B/C", "/a.B/C"],
  ["http://localhost/a.B/C", "/a.B/C"],
  ["HTTP://[::1]:80/a?b=http://c/d", "/a?b=http://c/d"],
  ["http://localhost", "/"],
  ["http://localhost?a", "/?a"],
  ["http:///a", "/a"],
  ["/a?b=http://c/d", "/a?b=http://c/d"],
  ["*", "*"],
  ["", ""],
  ["localhost:80", "localhost:80"],
] as const) {
  test(`takes "${target}" for "${origin}"`, () => {
    expect(originForm(target)).toBe(origin);
  });
}
