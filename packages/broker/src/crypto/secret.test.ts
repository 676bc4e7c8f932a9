// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { allocateBytes, copySecret, Secret } from "./secret.ts";

const canary = new TextEncoder().encode("canary-value");

test("a disposed secret is zeroed and can no longer be read", () => {
  const bytes = Uint8Array.from(canary);
  const secret = new Secret(bytes);
  expect(secret.bytes).toBe(bytes);
  secret[Symbol.dispose]();
  secret[Symbol.dispose]();
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  expect(() => secret.bytes).toThrow(TypeError);
});

test("a secret never shows its bytes (T20)", () => {
  const secret = copySecret(canary);
  const shown = [
    inspect(secret),
    inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    JSON.stringify({ secret }),
    `${secret}`,
  ];
  for (const text of shown) {
    expect(text).toContain("[secret]");
    expect(text).not.toContain("canary");
    expect(text).not.toContain(String(canary[0]));
  }
});

test("a copy does not share memory with the original or with a pool", () => {
  const secret = copySecret(canary);
  expect(secret.bytes).toEqual(Buffer.from(canary));
  expect(secret.bytes.buffer.byteLength).toBe(canary.length);
  expect(allocateBytes(5).buffer.byteLength).toBe(5);
});
