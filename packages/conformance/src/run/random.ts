// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";

/** A seed that nobody chose: six hex digits, short enough to be typed again. */
export function newSeed(): string {
  return randomBytes(3).toString("hex");
}

/** Numbers from 0 to below 1; the same for the same seed (mulberry32). */
export function randomFrom(seed: string): () => number {
  let state = createHash("sha256").update(seed).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same things in an order that the seed decides. */
export function shuffled<T>(things: readonly T[], seed: string): T[] {
  const random = randomFrom(seed);
  const order = [...things];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [order[last] as T, order[other] as T];
    order[last] = b;
    order[other] = a;
  }
  return order;
}
