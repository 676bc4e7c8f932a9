// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from "node:fs";

/** Descriptors on their way into something that will own them; the others are closed. */
export class HeldDescriptors {
  readonly #descriptors = new Set<number>();

  /** Take over a descriptor that was just made. */
  keep(descriptor: number): number {
    this.#descriptors.add(descriptor);
    return descriptor;
  }

  /** @throws as `fs.openSync`. */
  open(path: string, flags: number): number {
    return this.keep(openSync(path, flags));
  }

  /** These belong to somebody else now. */
  give(descriptors: readonly (number | undefined)[]): void {
    for (const descriptor of descriptors) {
      if (descriptor !== undefined) this.#descriptors.delete(descriptor);
    }
  }

  /** Close what was not given away. */
  close(): void {
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    this.#descriptors.clear();
  }
}
