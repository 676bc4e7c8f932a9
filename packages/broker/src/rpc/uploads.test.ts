// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { expect, test } from "vitest";
import { Refusal } from "./refusal.ts";
import { createUploads } from "./uploads.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function isRefused(use: () => unknown): boolean {
  try {
    use();
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}

test("parts are put together, and are then there no more", () => {
  const sender = createUploads(() => 0).of(1, "account", false);
  expect(sender.add("a", 0n, bytes("one "))).toBe(4);
  expect(sender.add("b", 0n, bytes("other"))).toBe(5);
  expect(sender.add("a", 4n, bytes("two"))).toBe(7);
  using whole = sender.take("a");
  expect(Buffer.from(whole.bytes).toString()).toBe("one two");
  using again = sender.take("a");
  expect(again.bytes.length).toBe(0);
  expect(isRefused(() => sender.add("a", 7n, bytes("x")))).toBe(true);
  expect(sender.add("b", 0n, bytes("anew"))).toBe(4);
});

test("process, account, and owner or program are told apart", () => {
  const uploads = createUploads(() => 0);
  uploads.of(1, "account", false).add("a", 0n, bytes("x"));
  for (const other of [
    uploads.of(2, "account", false),
    uploads.of(1, "other", false),
    uploads.of(1, "account", true),
  ]) {
    expect(isRefused(() => other.add("a", 1n, bytes("y")))).toBe(true);
    using whole = other.take("a");
    expect(whole.bytes.length).toBe(0);
  }
});

test("what is dropped is gone: with its account, with its process, after a minute without more (T33)", () => {
  let now = 0;
  const uploads = createUploads(() => now);
  const sender = uploads.of(1, "account", false);
  const drops = [
    () => uploads.dropAccount("account"),
    () => uploads.dropProcess(1),
    () => {
      now += 60_000;
      uploads.sweep();
    },
  ];
  const others = [
    () => uploads.dropAccount("other"),
    () => uploads.dropProcess(2),
    () => {
      now += 59_999;
      uploads.sweep();
    },
  ];
  for (const drop of drops) {
    sender.add("a", 0n, bytes("x"));
    for (const other of others) other();
    expect(sender.add("a", 1n, bytes("y"))).toBe(2);
    drop();
    expect(isRefused(() => sender.add("a", 2n, bytes("z")))).toBe(true);
  }
});

test("a process may have one file's worth, all together two (WIR-011)", () => {
  const uploads = createUploads(() => 0);
  const full = new Uint8Array(limits.fileBytes);
  const fill = (process: number) =>
    uploads.of(process, "account", false).add("a", 0n, full);
  expect(fill(1)).toBe(full.length);
  const first = uploads.of(1, "other", false);
  expect(isRefused(() => first.add("b", 0n, bytes("x")))).toBe(true);
  fill(2);
  expect(isRefused(() => fill(3))).toBe(true);
  uploads.dropProcess(1);
  expect(fill(3)).toBe(full.length);
});
