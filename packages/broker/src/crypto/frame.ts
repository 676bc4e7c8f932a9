// SPDX-License-Identifier: Apache-2.0

/** A part of a frame: text as UTF-8, bytes, or a whole number below 2^64. */
export type FramePart = string | Uint8Array | bigint | number;

/**
 * One encoding of several parts that no other parts have: each is preceded by
 * its length, numbers are eight bytes, big-endian. What is sealed and what is
 * authenticated is bound to its place by such a frame, whose first part names
 * its kind.
 */
export function frame(...parts: readonly FramePart[]): Uint8Array {
  const encoded = parts.map(encodePart);
  const size = encoded.reduce((sum, { length }) => sum + 4 + length, 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  let offset = 0;
  for (const part of encoded) {
    offset = bytes.writeUInt32BE(part.length, offset);
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function encodePart(part: FramePart): Uint8Array {
  if (typeof part === "string") return Buffer.from(part, "utf8");
  if (typeof part === "object") return part;
  const number = Buffer.allocUnsafeSlow(8);
  number.writeBigUInt64BE(BigInt(part));
  return number;
}
