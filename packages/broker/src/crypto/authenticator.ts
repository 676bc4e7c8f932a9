// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { allocateBytes } from "./secret.ts";

/** HMAC-SHA256 under one key, for many short messages. Zeroed on disposal. */
export interface Authenticator extends Disposable {
  /** 32 bytes. @throws TypeError once disposed */
  digest(message: Uint8Array): Uint8Array;
}

const blockLength = 64;
const digestLength = 32;

/**
 * What `createHmac` gives, without an object of OpenSSL's for each message:
 * opening a large account takes one digest for each row. The key, of 64 bytes
 * at most, stays the caller's.
 */
export function createAuthenticator(key: Uint8Array): Authenticator {
  if (key.length > blockLength) throw new RangeError("the key is too long");
  const outer = allocateBytes(blockLength + digestLength);
  let inner = allocateBytes(1024);
  let isDisposed = false;
  for (let index = 0; index < blockLength; index++) {
    const byte = key[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return {
    digest(message) {
      if (isDisposed) throw new TypeError("the key was disposed of");
      const length = blockLength + message.length;
      if (length > inner.length) {
        const larger = allocateBytes(length * 2);
        larger.set(inner.subarray(0, blockLength));
        inner.fill(0);
        inner = larger;
      }
      inner.set(message, blockLength);
      outer.set(
        hash("sha256", inner.subarray(0, length), "buffer"),
        blockLength,
      );
      return hash("sha256", outer, "buffer");
    },
    [Symbol.dispose]() {
      isDisposed = true;
      inner.fill(0);
      outer.fill(0);
    },
  };
}
