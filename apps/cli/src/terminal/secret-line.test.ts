// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { SecretLine } from "./secret-line.ts";

function typed(text: string): SecretLine {
  const line = new SecretLine();
  for (const byte of new TextEncoder().encode(text)) line.push(byte);
  return line;
}

test("hands over what was typed, and is empty then", () => {
  const line = typed("hé😀");
  expect(line.characters).toBe(3);
  expect(new TextDecoder().decode(line.take())).toBe("hé😀");
  expect(line.characters).toBe(0);
  expect(line.take()).toHaveLength(0);
});

test("backspace removes a whole character", () => {
  const line = typed("aé😀");
  line.backspace();
  expect(line.characters).toBe(2);
  line.backspace();
  expect(new TextDecoder().decode(line.take())).toBe("a");
  line.backspace();
  expect(line.characters).toBe(0);
});

test("a line that is full takes no more", () => {
  const line = typed("x".repeat(1_024));
  expect(line.push(0x78)).toBe(false);
  expect(line.take()).toHaveLength(1_024);
});

test("what is handed over is a copy of its own", () => {
  const line = typed("one");
  const taken = line.take();
  line.push(0x7a);
  expect(new TextDecoder().decode(taken)).toBe("one");
});
