// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { Secret } from "../crypto/secret.ts";
import { Ratchet } from "./ratchet.ts";

const stateOf = (byte: number) => new Uint8Array(32).fill(byte);
const keysOf = (ratchet: Ratchet, count: number) =>
  Array.from({ length: count }, () => {
    using key = ratchet.next();
    return Buffer.from(key.bytes).toString("hex");
  });

describe("a ratchet", () => {
  it("gives the same keys from the same start, and others from another", () => {
    const keys = keysOf(new Ratchet(new Secret(stateOf(1))), 5);
    expect(keysOf(new Ratchet(new Secret(stateOf(1))), 5)).toEqual(keys);
    expect(keysOf(new Ratchet(new Secret(stateOf(2))), 5)).not.toEqual(keys);
  });

  it("never gives a key twice", () => {
    const keys = keysOf(new Ratchet(new Secret(stateOf(1))), 2_000);
    expect(new Set(keys).size).toBe(2_000);
    expect(keys.every((key) => key.length === 64)).toBe(true);
  });

  it("zeroes what a key came from, so that nobody can go back", () => {
    const start = stateOf(7);
    const ratchet = new Ratchet(new Secret(start));
    ratchet.next();
    expect(start).toEqual(new Uint8Array(32));
  });

  it("keeps its state when a key of it is zeroed", () => {
    const [first, second] = keysOf(new Ratchet(new Secret(stateOf(1))), 2);
    const ratchet = new Ratchet(new Secret(stateOf(1)));
    const key = ratchet.next();
    expect(Buffer.from(key.bytes).toString("hex")).toBe(first);
    key[Symbol.dispose]();
    expect(keysOf(ratchet, 1)).toEqual([second]);
  });

  it("gives nothing once it was disposed of", () => {
    const ratchet = new Ratchet(new Secret(stateOf(1)));
    ratchet[Symbol.dispose]();
    expect(() => ratchet.next()).toThrow(TypeError);
  });
});
