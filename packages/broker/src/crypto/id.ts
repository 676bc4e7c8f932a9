// SPDX-License-Identifier: Apache-2.0
import { type Random, randomBytes } from "./random.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** A new id: 128 random bits as 26 characters of lower-case base32. */
export function createId(random: Random): string {
  const bytes = randomBytes(random, 16);
  // Made at once: a string that grew is kept as the chain of its parts.
  const characters: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      characters.push(alphabet.charCodeAt((value >>> bits) & 31));
      value &= (1 << bits) - 1;
    }
  }
  characters.push(alphabet.charCodeAt((value << (5 - bits)) & 31));
  return String.fromCharCode(...characters);
}

/** Whether the text has the form of an id, exactly. */
export function isId(text: string): boolean {
  return /^[a-z2-7]{26}$/.test(text);
}

/**
 * Whether a name could be taken for an id: in any case, with blanks around
 * it, or in compatibility forms. No such name is ever given to anything (T41).
 */
export function looksLikeId(name: string): boolean {
  return isId(name.normalize("NFKC").trim().toLowerCase());
}
