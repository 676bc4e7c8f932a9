// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { assent } from "../../test/test-io.ts";
import { exitCodes } from "../exit.ts";

const password = (...options: string[]) =>
  assent(["generate", "password", ...options]);

test("makes a password of each kind, without a broker", async () => {
  expect((await password()).out).toMatch(/^[\x21-\x7e]{24}\n$/);
  const letters = ["--length", "40", "--no-digits", "--no-symbols"];
  expect((await password(...letters)).out).toMatch(/^[A-Za-z]{40}\n$/);
  const words = ["--type", "memorable", "--words", "3", "--separator", " "];
  expect((await password(...words)).out).toMatch(/^([a-z]{5} ){2}[a-z]{5}\n$/);
  expect((await password("--type", "pin")).out).toMatch(/^\d{6}\n$/);
});

test("two are never the same", async () => {
  expect((await password()).out).not.toBe((await password()).out);
});

test("what no recipe allows is wrong use", async () => {
  for (const options of [
    ["--type", "other"],
    ["--length", "7"],
    ["--length", "-1"],
    ["--length", "1e9"],
    ["--words", "5"],
    ["--type", "memorable", "--length", "20"],
    ["--type", "memorable", "--words", "99"],
    ["--type", "pin", "--length", "2"],
  ]) {
    const { code, out, err } = await password(...options);
    expect({ code, out }).toEqual({ code: exitCodes.usage, out: "" });
    expect(err).not.toBe("");
  }
});
