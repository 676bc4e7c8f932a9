// SPDX-License-Identifier: Apache-2.0

/** A part of a frame: text as UTF-8, bytes, or a whole number below 2^64. */
export type FramePart = string | Uint8Array | bigint | number;

const lengthBytes = 4;

/**
 * One encoding of several parts that no other parts have: each is preceded by
 * its length, numbers are eight bytes, big-endian. What is sealed and what is
 * authenticated is bound to its place by such a frame, whose first part names
 * its kind. No part is a secret.
 */
export function frame(...parts: readonly FramePart[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += lengthBytes + partLength(part);
  const bytes = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const part of parts) {
    offset = bytes.writeUInt32BE(partLength(part), offset);
    if (typeof part === "string") {
      offset += bytes.write(part, offset, "utf8");
    } else if (typeof part === "object") {
      bytes.set(part, offset);
      offset += part.length;
    } else {
      offset = bytes.writeBigUInt64BE(BigInt(part), offset);
    }
  }
  return bytes;
}

/** One frame of two: `joined(frame(a), frame(b))` is `frame(a, b)`. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function partLength(part: FramePart): number {
  if (typeof part === "string") return Buffer.byteLength(part, "utf8");
  return typeof part === "object" ? part.length : 8;
}
