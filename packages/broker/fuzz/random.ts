// SPDX-License-Identifier: Apache-2.0

/** Numbers that a seed makes, always the same ones. */
export interface Random {
  /** An integer from 0 to 2³² − 1. */
  uint32(): number;
  /** An integer from 0 to `bound` − 1. */
  below(bound: number): number;
  /** An integer from `least` to `most`. */
  between(least: number, most: number): number;
  /** True in one of so many cases. */
  oneIn(count: number): boolean;
  /** One of them. */
  pick<T>(items: readonly T[]): T;
  /** So many bytes. */
  bytes(length: number): Uint8Array;
}

/** Random numbers from a seed (splitmix32): two seeds next to each other share nothing. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x6a09e667) >>> 0;
  // Beyond 2³² seeds differ by what is above.
  state = (state + Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)) >>> 0;
  const uint32 = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number) => Math.floor((uint32() / 2 ** 32) * bound);
  return {
    uint32,
    below,
    between: (least, most) => least + below(most - least + 1),
    oneIn: (count) => below(count) === 0,
    pick<T>(items: readonly T[]): T {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let index = 0; index < length; index += 1) bytes[index] = uint32();
      return bytes;
    },
  };
}
