// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Bytes that are read line by line, and then the rest of them. */
export class LineInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line, without its end; undefined at the end of the input. To be zeroed after use. */
  async line(): Promise<Uint8Array | undefined> {
    for (;;) {
      const end = this.#left.indexOf(newline);
      if (end >= 0) {
        const line = this.#left.slice(0, end);
        this.#replace(this.#left.slice(end + 1));
        return withoutReturn(line);
      }
      if (!(await this.#more())) break;
    }
    if (this.#left.length === 0) return undefined;
    const line = this.#left;
    this.#left = new Uint8Array();
    return withoutReturn(line);
  }

  /** Everything that is left. To be zeroed after use. */
  async rest(): Promise<Uint8Array> {
    while (await this.#more());
    const rest = this.#left;
    this.#left = new Uint8Array();
    return rest;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    const joined = new Uint8Array(this.#left.length + next.value.length);
    joined.set(this.#left);
    joined.set(next.value, this.#left.length);
    next.value.fill(0);
    this.#replace(joined);
    return true;
  }

  #replace(bytes: Uint8Array): void {
    this.#left.fill(0);
    this.#left = bytes;
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}
