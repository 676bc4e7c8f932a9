// SPDX-License-Identifier: Apache-2.0
import { allocateBytes } from "../crypto/secret.ts";

/*
 * The data types of SSH (RFC 4251, section 5). A value is a list of pieces
 * until it is joined, so that a secret is copied once, into the result.
 */

/** Bytes, or several pieces one after the other. */
export type Piece = Uint8Array | readonly Piece[];

/** Four bytes, big-endian. */
export function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A length and so many bytes. */
export function string(value: string | Piece): Piece {
  const piece = typeof value === "string" ? Buffer.from(value) : value;
  return [uint32(lengthOf(piece)), piece];
}

/** A positive number, given big-endian, in its shortest form (`mpint`). */
export function integer(bytes: Uint8Array): Piece {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits =
    first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
  const isNegative = (digits[0] ?? 0) >= 0x80;
  return string(isNegative ? [Uint8Array.of(0), digits] : digits);
}

/** How many bytes the pieces are. */
export function lengthOf(piece: Piece): number {
  return piece instanceof Uint8Array
    ? piece.length
    : piece.reduce((sum, part) => sum + lengthOf(part), 0);
}

/** The pieces as one, in memory of its own. */
export function join(piece: Piece): Uint8Array {
  const joined = allocateBytes(lengthOf(piece));
  let offset = 0;
  const put = (part: Piece) => {
    if (part instanceof Uint8Array) {
      joined.set(part, offset);
      offset += part.length;
    } else {
      part.forEach(put);
    }
  };
  put(piece);
  return joined;
}
