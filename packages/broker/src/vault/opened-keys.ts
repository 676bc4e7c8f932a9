// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "../crypto/secret.ts";

/**
 * Keys of details that were opened and verified, kept for the next read: the
 * key of their vault, which opens them, is in memory beside them. Only so many;
 * the one that came first goes first.
 */
export class OpenedKeys {
  readonly #keys = new Map<string, Secret>();
  readonly #most: number;

  constructor(most = 1_024) {
    this.#most = most;
  }

  /** The key of this item; `open` is called when it is not at hand. It stays ours. */
  of(itemId: string, open: () => Secret): Secret {
    const known = this.#keys.get(itemId);
    if (known !== undefined) return known;
    const key = open();
    const [first] = this.#keys.keys();
    if (this.#keys.size >= this.#most && first !== undefined) {
      this.forget(first);
    }
    this.#keys.set(itemId, key);
    return key;
  }

  /** Zero the key of an item that changes or goes. */
  forget(itemId: string): void {
    this.#keys.get(itemId)?.[Symbol.dispose]();
    this.#keys.delete(itemId);
  }

  /** Zero them all. */
  clear(): void {
    for (const key of this.#keys.values()) key[Symbol.dispose]();
    this.#keys.clear();
  }
}
