// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { LineInput } from "./line-input.ts";

function input(...chunks: string[]): LineInput {
  return new LineInput(Readable.from(chunks.map((text) => Buffer.from(text))));
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

test("reads lines, however they come in chunks, and the rest as it is", async () => {
  const lines = input("pass", "word\r\nse", "cond\nthe\nre", "st");
  expect(text(await lines.line())).toBe("password");
  expect(text(await lines.line())).toBe("second");
  expect(text(await lines.rest())).toBe("the\nrest");
  expect(await lines.line()).toBeUndefined();
});

test("the last line needs no end", async () => {
  const lines = input("only");
  expect(text(await lines.line())).toBe("only");
  expect(await lines.line()).toBeUndefined();
});

test("an empty line is a line", async () => {
  const lines = input("\nx");
  expect(text(await lines.line())).toBe("");
  expect(text(await lines.line())).toBe("x");
});

test("zeroes the chunks that it read", async () => {
  const chunk = Buffer.from("secret\n");
  const lines = new LineInput(Readable.from([chunk]));
  expect(text(await lines.line())).toBe("secret");
  expect(chunk.every((byte) => byte === 0)).toBe(true);
});
