// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { openFrom, sealTo } from "./box.ts";
import { OpenError } from "./envelope.ts";
import { agree, createKeyPair, publicKeyOf } from "./key-pair.ts";
import { systemRandom } from "./random.ts";

const place = new TextEncoder().encode("place");
const text = new TextEncoder().encode("canary");
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

test("key pairs agree as RFC 7748, section 6.1, has it", () => {
  const alice = hex(
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
  );
  const bob = hex(
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  );
  const shared = hex(
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
  );
  expect(publicKeyOf(alice)).toEqual(
    hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"),
  );
  for (const [own, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const { bytes } = agree(own, publicKeyOf(other));
    expect(Uint8Array.from(bytes)).toEqual(shared);
  }
});

test("a box opens for the key that it was sealed to, and no other", () => {
  const recipient = createKeyPair(systemRandom);
  const stranger = createKeyPair(systemRandom);
  const box = sealTo(recipient.publicKey, place, text, systemRandom);
  const opened = openFrom(recipient.privateKey.bytes, place, box);
  expect(Uint8Array.from(opened.bytes)).toEqual(text);
  expect(() => openFrom(stranger.privateKey.bytes, place, box)).toThrow(
    OpenError,
  );
  expect(() => openFrom(recipient.privateKey.bytes, text, box)).toThrow(
    OpenError,
  );
});

test("a box of which anything was changed does not open", () => {
  const { publicKey, privateKey } = createKeyPair(systemRandom);
  const box = sealTo(publicKey, place, text, systemRandom);
  for (let at = 0; at < box.length; at++) {
    const changed = Uint8Array.from(box);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openFrom(privateKey.bytes, place, changed)).toThrow(OpenError);
  }
  expect(() => openFrom(privateKey.bytes, place, text)).toThrow(OpenError);
  // A point of small order, whose shared secret everybody knows.
  const small = Uint8Array.from(box).fill(0, 0, 32);
  expect(() => openFrom(privateKey.bytes, place, small)).toThrow(OpenError);
  expect(() => sealTo(new Uint8Array(32), place, text, systemRandom)).toThrow();
});
