// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from "node:crypto";
import { allocateBytes, Secret } from "./secret.ts";

/** Fills the whole of `target` with bytes that nobody can guess. */
export type Random = (target: Uint8Array) => void;

/** The operating system's. */
export const systemRandom: Random = (target) => {
  randomFillSync(target);
};

/** Random bytes that are no secret, such as a salt or a nonce. */
export function randomBytes(random: Random, length: number): Uint8Array {
  const bytes = allocateBytes(length);
  random(bytes);
  return bytes;
}

/** A fresh key of 32 bytes. */
export function randomKey(random: Random): Secret {
  return new Secret(randomBytes(random, 32));
}
