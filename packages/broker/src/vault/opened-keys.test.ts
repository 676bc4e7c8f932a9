// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { copySecret, type Secret } from "../crypto/secret.ts";
import { OpenedKeys } from "./opened-keys.ts";

function opening(keys: OpenedKeys) {
  const opened: string[] = [];
  const of = (id: string): Secret =>
    keys.of(id, () => {
      opened.push(id);
      return copySecret(Buffer.from(id));
    });
  return { opened, of };
}

test("a key is opened once, and again after it was forgotten", () => {
  const keys = new OpenedKeys();
  const { opened, of } = opening(keys);
  const first = of("a");
  expect(of("a")).toBe(first);
  const { bytes } = first;
  keys.forget("a");
  expect([...bytes]).toEqual([0]);
  expect(of("a")).not.toBe(first);
  expect(opened).toEqual(["a", "a"]);
});

test("of too many keys the first is zeroed", () => {
  const keys = new OpenedKeys(2);
  const { opened, of } = opening(keys);
  const { bytes } = of("a");
  of("b");
  of("c");
  expect([...bytes]).toEqual([0]);
  of("b");
  expect(opened).toEqual(["a", "b", "c"]);
});

test("all keys are zeroed at once", () => {
  const keys = new OpenedKeys();
  const { of } = opening(keys);
  const all = ["a", "b"].map((id) => of(id).bytes);
  keys.clear();
  expect(all.map((bytes) => [...bytes])).toEqual([[0], [0]]);
});
