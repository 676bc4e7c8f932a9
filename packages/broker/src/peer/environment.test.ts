// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { injectsCode } from "./environment.ts";

const environment = (...lines: string[]) =>
  Buffer.from(lines.map((line) => `${line}\0`).join(""));

test("finds variables that load code, wherever they stand (T9)", () => {
  for (const line of [
    "LD_PRELOAD=/x.so",
    "LD_AUDIT=a",
    "NODE_OPTIONS=-r x",
    "PERL5OPT=-d",
    "RUBYOPT=-rx",
    "JAVA_TOOL_OPTIONS=-javaagent:x",
  ]) {
    expect(injectsCode(environment(line)), line).toBe(true);
    expect(injectsCode(environment("A=b", line, "C=d")), line).toBe(true);
  }
  // The last one need not be ended.
  expect(injectsCode(Buffer.from("A=b\0BASH_ENV=x"))).toBe(true);
});

test("finds none in names that are alike, in values, and in empty variables", () => {
  expect(
    injectsCode(
      environment(
        "LD_PRELOADS=x",
        "XLD_PRELOAD=x",
        "A=LD_PRELOAD=x",
        "LD_PRELOAD=",
        "LD_PRELOAD",
        "ld_preload=x",
        "",
        "=LD_PRELOAD",
      ),
    ),
  ).toBe(false);
  expect(injectsCode(new Uint8Array())).toBe(false);
});

test("reads any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(typeof injectsCode(bytes)).toBe("boolean");
    }),
  );
});
