// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createHash } from "node:crypto";
import { ImportError } from "../draft.ts";

/** Hides or shows protected values: one after the other, in the order of the file. */
export type InnerStream = (bytes: Uint8Array) => Buffer;

/** By the number the file has for it: 2 is Salsa20, 3 ChaCha20. @throws ImportError */
export function createInnerStream(kind: number, key: Uint8Array): InnerStream {
  if (kind === 3) {
    const digest = createHash("sha512").update(key).digest();
    return chaCha20(digest.subarray(0, 32), digest.subarray(32, 44));
  }
  if (kind === 2) {
    return salsa20(createHash("sha256").update(key).digest(), salsaNonce);
  }
  throw new ImportError("it hides values in a way that is not known");
}

/** ChaCha20 with a nonce of 12 bytes, counting from zero. */
export function chaCha20(key: Uint8Array, nonce: Uint8Array): InnerStream {
  const start = Buffer.concat([Buffer.alloc(4), nonce]);
  const cipher = createCipheriv("chacha20", key, start);
  return (bytes) => cipher.update(bytes);
}

// Of the format.
const salsaNonce = Buffer.from("e830094b97205d2a", "hex");
const sigma = Buffer.from("expand 32-byte k");

// Node has no Salsa20; files of KDBX 3.1 do.
function salsa20(key: Buffer, nonce: Buffer): InnerStream {
  const words = (bytes: Buffer) =>
    Array.from({ length: bytes.length / 4 }, (_, at) =>
      bytes.readUInt32LE(at * 4),
    );
  const [k, n, c] = [words(key), words(nonce), words(sigma)];
  let counter = 0;
  let block: Buffer = Buffer.alloc(0);
  let used = 0;
  const next = () => {
    const input = Uint32Array.from([
      c[0] ?? 0,
      ...k.slice(0, 4),
      c[1] ?? 0,
      ...n,
      counter,
      0,
      c[2] ?? 0,
      ...k.slice(4),
      c[3] ?? 0,
    ]);
    counter += 1;
    block = salsaBlock(input);
    used = 0;
  };
  return (bytes) => {
    const out = Buffer.alloc(bytes.length);
    for (const [at, byte] of bytes.entries()) {
      if (used === block.length) next();
      out[at] = byte ^ (block[used] ?? 0);
      used += 1;
    }
    return out;
  };
}

const columnRounds = [0, 4, 8, 12, 5, 9, 13, 1, 10, 14, 2, 6, 15, 3, 7, 11];
const rowRounds = [0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14];

function salsaBlock(input: Uint32Array): Buffer {
  const x = input.slice();
  const step = (to: number, a: number, b: number, by: number) => {
    const sum = ((x[a] ?? 0) + (x[b] ?? 0)) >>> 0;
    x[to] = (x[to] ?? 0) ^ ((sum << by) | (sum >>> (32 - by)));
  };
  for (let round = 0; round < 10; round += 1) {
    for (const order of [columnRounds, rowRounds]) {
      for (let at = 0; at < 16; at += 4) {
        const [a = 0, b = 0, c = 0, d = 0] = order.slice(at, at + 4);
        step(b, a, d, 7);
        step(c, b, a, 9);
        step(d, c, b, 13);
        step(a, d, c, 18);
      }
    }
  }
  const out = Buffer.alloc(64);
  for (const [at, word] of input.entries()) {
    out.writeUInt32LE(((x[at] ?? 0) + word) >>> 0, at * 4);
  }
  return out;
}
