// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { Secret } from "../crypto/secret.ts";

const label = "assent/activity/ratchet/v1";

/**
 * Keys that only go forward: each step gives the key of one entry and replaces
 * what the next one comes from. Who takes over the broker later finds no key
 * of an earlier entry.
 */
export class Ratchet implements Disposable {
  #state: Secret;

  /** Takes ownership of the first state, 32 bytes. */
  constructor(state: Secret) {
    this.#state = state;
  }

  /** The key of the next entry, 32 bytes, good for that entry alone. */
  next(): Secret {
    const step = createHmac("sha512", this.#state.bytes).update(label).digest();
    this.#state[Symbol.dispose]();
    this.#state = new Secret(step.subarray(32));
    return new Secret(step.subarray(0, 32));
  }

  [Symbol.dispose](): void {
    this.#state[Symbol.dispose]();
  }
}
