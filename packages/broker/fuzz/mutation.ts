// SPDX-License-Identifier: Apache-2.0
import type { Random } from "./random.ts";

const odd = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x2f, 0x5c];

/** A copy with one to four changes: bytes flipped, set, cut, doubled, moved, or added. */
export function mutate(random: Random, original: Uint8Array): Uint8Array {
  let bytes = Buffer.from(original);
  for (let left = random.between(1, 4); left > 0; left -= 1) {
    bytes = change(random, bytes);
  }
  return bytes;
}

function change(
  random: Random,
  bytes: Buffer<ArrayBuffer>,
): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = Math.min(random.between(1, 16), bytes.length - at);
  const piece = bytes.subarray(at, at + length);
  switch (random.below(7)) {
    case 0:
      if (at < bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.pick(odd);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(at + length),
      ]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    case 5: {
      const to = random.below(bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
    }
    default: {
      const added = random.bytes(random.between(1, 8));
      return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
    }
  }
}
