// SPDX-License-Identifier: Apache-2.0
import { allocateBytes } from "../crypto/secret.ts";

/**
 * Base32 of RFC 4648 as people copy it: in either case, with blanks, hyphens
 * and `=` anywhere. Bits that fill no byte are dropped, as authenticators do.
 * The bytes are the caller's to zero. Undefined: another character is in it.
 */
export function decodeBase32(text: Uint8Array): Uint8Array | undefined {
  const decoded = allocateBytes(Math.floor((text.length * 5) / 8));
  let length = 0;
  let bits = 0;
  let value = 0;
  for (const code of text) {
    if (code === space || code === hyphen || code === equals) continue;
    const digit = digitOf(code);
    if (digit === undefined) {
      decoded.fill(0);
      return undefined;
    }
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      decoded[length] = (value >>> bits) & 0xff;
      length += 1;
    }
  }
  return decoded.subarray(0, length);
}

const [space, hyphen, equals] = [0x20, 0x2d, 0x3d];

function digitOf(code: number): number | undefined {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  if (code >= 0x32 && code <= 0x37) return code - 0x32 + 26;
  return undefined;
}
