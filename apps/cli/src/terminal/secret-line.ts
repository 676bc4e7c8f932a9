// SPDX-License-Identifier: Apache-2.0

const capacity = 1024;

/**
 * A line of secret bytes as it is typed. It never becomes a string, and is
 * zeroed whenever it is emptied. A line that gets too long is no line any
 * more: it can only be cleared.
 */
export class SecretLine {
  readonly #bytes: Uint8Array = new Uint8Array(capacity);
  #length = 0;

  /** Characters typed, for dots: a UTF-8 continuation byte counts nothing. */
  get characters(): number {
    let n = 0;
    for (let at = 0; at < this.#length; at += 1) {
      if (!isContinuation(this.#bytes[at])) n += 1;
    }
    return n;
  }

  /** Add a byte. False: the line is full, nothing was added. */
  push(byte: number): boolean {
    if (this.#length === capacity) return false;
    this.#bytes[this.#length] = byte;
    this.#length += 1;
    return true;
  }

  /** Remove the last character. */
  backspace(): void {
    while (this.#length > 0) {
      this.#length -= 1;
      const byte = this.#bytes[this.#length];
      this.#bytes[this.#length] = 0;
      if (!isContinuation(byte)) return;
    }
  }

  /** Forget everything. */
  clear(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }

  /** Hand the bytes over, to be zeroed by whoever takes them; the line is empty then. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.clear();
    return taken;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return ((byte ?? 0) & 0xc0) === 0x80;
}
