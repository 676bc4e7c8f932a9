// SPDX-License-Identifier: Apache-2.0
import { allocateBytes } from "../crypto/secret.ts";

const alphabet = Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);
const [newline, equals] = [0x0a, 0x3d];

/**
 * Textual encoding (RFC 7468) in lines of 70 characters, as OpenSSH does.
 * Never a string in between: what it encodes may be a private key.
 */
export function encodePem(label: string, bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(`-----BEGIN ${label}-----\n`);
  const tail = Buffer.from(`-----END ${label}-----\n`);
  const characters = Math.ceil(bytes.length / 3) * 4;
  const lines = Math.ceil(characters / lineLength);
  const pem = allocateBytes(head.length + characters + lines + tail.length);
  pem.set(head);
  let at = head.length;
  let column = 0;
  const put = (character: number) => {
    pem[at] = character;
    at += 1;
    column += 1;
    if (column === lineLength) endLine();
  };
  const endLine = () => {
    pem[at] = newline;
    at += 1;
    column = 0;
  };
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3);
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    put(digit(group >>> 18));
    put(digit(group >>> 12));
    put(b === undefined ? equals : digit(group >>> 6));
    put(c === undefined ? equals : digit(group));
  }
  if (column > 0) endLine();
  pem.set(tail, at);
  return pem;
}

const lineLength = 70;

function digit(value: number): number {
  return alphabet[value & 63] ?? 0;
}
