// SPDX-License-Identifier: Apache-2.0
import { AssentError } from "./error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A value that does not show itself: logging, inspecting, joining or turning
 * it into JSON gives no byte of it (SDK-007). Only `reveal` and `bytes` do.
 */
export class Secret implements Disposable {
  readonly #bytes: Uint8Array;

  /** Copies `value`. */
  constructor(value: string | Uint8Array) {
    this.#bytes =
      typeof value === "string" ? encoder.encode(value) : value.slice();
  }

  /** Bytes it has. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The value as text. @throws AssentError "not-text" when it is not UTF-8 */
  reveal(): string {
    return decodeText(this.#bytes);
  }

  /** A copy of the value; overwrite it when it is no longer needed. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** Overwrite the value with zeroes; it then reads as such. */
  [Symbol.dispose](): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return "[secret]";
  }

  /** Left out of JSON, so that a text in its place can never be stored by mistake. */
  toJSON(): undefined {
    return undefined;
  }
}

/** UTF-8 to text. @throws AssentError "not-text" */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new AssentError("not-text");
  }
}
