// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";

/**
 * Bytes that must not outlive their use: zeroed on disposal, and never shown
 * by `inspect`, JSON or string conversion. Disposing twice is allowed.
 */
export class Secret implements Disposable {
  #bytes: Uint8Array | undefined;

  static {
    Object.defineProperty(Secret.prototype, inspect.custom, {
      value: () => "[secret]",
    });
  }

  /** Takes ownership: nobody else may keep or zero `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy. @throws TypeError once disposed */
  get bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      throw new TypeError("the secret was disposed of");
    }
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }
}

/**
 * Zeroed memory of its own: small buffers of Node otherwise share a pool,
 * where a secret would lie beside what others read.
 */
export function allocateBytes(length: number): Uint8Array {
  return Buffer.allocUnsafeSlow(length).fill(0);
}

/** A secret with bytes of its own; `bytes` stays the caller's. */
export function copySecret(bytes: Uint8Array): Secret {
  const copy = allocateBytes(bytes.length);
  copy.set(bytes);
  return new Secret(copy);
}
