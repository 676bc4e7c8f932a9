// SPDX-License-Identifier: Apache-2.0
import { type Random, randomKey } from "./random.ts";
import { allocateBytes, Secret } from "./secret.ts";

/*
 * A recovery code is 128 random bits in Crockford's base32, read from left to
 * right with two zero bits at the end: 26 characters, shown in groups.
 */

const alphabet = new TextEncoder().encode("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
const byteLength = 16;
const characters = 26;
const groupLength = 5;
const hyphen = 0x2d;

/** A new code of 16 bytes. */
export function createRecoveryCode(random: Random): Secret {
  using key = randomKey(random);
  const bytes = allocateBytes(byteLength);
  bytes.set(key.bytes.subarray(0, byteLength));
  return new Secret(bytes);
}

/** The code as it is printed, in groups of five: `XXXXX-XXXXX-…`, ASCII. */
export function formatRecoveryCode(code: Uint8Array): Secret {
  const groups = Math.ceil(characters / groupLength);
  const text = allocateBytes(characters + groups - 1);
  let offset = 0;
  for (let index = 0; index < characters; index++) {
    if (index > 0 && index % groupLength === 0) text[offset++] = hyphen;
    text[offset++] = alphabet[digit(code, index)] ?? 0;
  }
  return new Secret(text);
}

/**
 * Read a code as someone typed it: in any case, with any blanks and hyphens,
 * with I and L for 1 and O for 0. Undefined when it is none.
 */
export function parseRecoveryCode(text: Uint8Array): Secret | undefined {
  const bytes = allocateBytes(byteLength);
  const code = new Secret(bytes);
  let count = 0;
  for (const character of text) {
    if (isSeparator(character)) continue;
    const value = digitValue(character);
    if (value < 0 || count === characters || !put(bytes, count, value)) {
      code[Symbol.dispose]();
      return undefined;
    }
    count += 1;
  }
  if (count === characters) return code;
  code[Symbol.dispose]();
  return undefined;
}

// Five bits of the code, beginning at bit 5 * index.
function digit(code: Uint8Array, index: number): number {
  const bit = index * 5;
  const at = bit >>> 3;
  const pair = ((code[at] ?? 0) << 8) | (code[at + 1] ?? 0);
  return (pair >>> (11 - (bit & 7))) & 31;
}

// False when bits fall beyond the end and are not zero.
function put(code: Uint8Array, index: number, value: number): boolean {
  const bit = index * 5;
  const at = bit >>> 3;
  const pair = value << (11 - (bit & 7));
  code[at] = (code[at] ?? 0) | (pair >>> 8);
  if (at + 1 < byteLength) code[at + 1] = (code[at + 1] ?? 0) | (pair & 0xff);
  else if ((pair & 0xff) !== 0) return false;
  return true;
}

// Blank, tab, line ends, hyphen, dot, underscore, slash.
function isSeparator(character: number): boolean {
  return [0x20, 0x09, 0x0a, 0x0d, hyphen, 0x2e, 0x5f, 0x2f].includes(character);
}

function digitValue(character: number): number {
  const upper =
    character >= 0x61 && character <= 0x7a ? character - 0x20 : character;
  if (upper === 0x49 || upper === 0x4c) return 1;
  if (upper === 0x4f) return 0;
  return alphabet.indexOf(upper);
}
