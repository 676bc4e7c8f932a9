// SPDX-License-Identifier: Apache-2.0

/*
 * A keyed hash of a set of rows that follows a change in constant time: the
 * sum, modulo 2^256, of the HMACs of its rows. To make two sets of the same
 * sum one would need the HMACs, so neither they nor the sum are ever stored in
 * clear.
 */

const modulus = 1n << 256n;

/** The sum with more rows added and others taken away; digests of 32 bytes. */
export function changeSum(
  sum: bigint,
  added: readonly Uint8Array[],
  removed: readonly Uint8Array[],
): bigint {
  let changed = sum;
  for (const digest of added) changed += toNumber(digest);
  for (const digest of removed) changed -= toNumber(digest);
  return ((changed % modulus) + modulus) % modulus;
}

/** 32 bytes, big-endian. */
export function sumToBytes(sum: bigint): Uint8Array {
  return Buffer.from(sum.toString(16).padStart(64, "0"), "hex");
}

function toNumber(digest: Uint8Array): bigint {
  const view = new DataView(
    digest.buffer,
    digest.byteOffset,
    digest.byteLength,
  );
  return (
    (view.getBigUint64(0) << 192n) |
    (view.getBigUint64(8) << 128n) |
    (view.getBigUint64(16) << 64n) |
    view.getBigUint64(24)
  );
}
