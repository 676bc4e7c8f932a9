// SPDX-License-Identifier: Apache-2.0
import type { Item } from "@assent/protocol";
import type { Secret } from "../crypto/secret.ts";
import { decodeDetail, decodeValues } from "./item-codec.ts";
import type { ItemRecord } from "./native-index.ts";
import { corruptRows } from "./native-keys.ts";
import type { ItemValues, OpenItem } from "./store.ts";

/** An item whose detail was opened and verified. */
export class OpenDetail implements OpenItem {
  readonly #detail: Secret;
  readonly #record: ItemRecord;
  readonly #closed: () => void;
  #item: Item | undefined;
  #values: ItemValues | undefined;

  /** Takes `detail`; `closed` is told when it is zeroed. */
  constructor(detail: Secret, record: ItemRecord, closed: () => void) {
    this.#detail = detail;
    this.#record = record;
    this.#closed = closed;
  }

  get size(): number {
    return this.#detail.bytes.length;
  }

  get item(): Item {
    this.#item ??= decoded(() => decodeDetail(this.#detail.bytes));
    return this.#item;
  }

  // Files stand in the overview with all that can be read of them.
  get values(): ItemValues {
    if (this.#values === undefined) {
      const { files } = this.#record.entry;
      const decode = () => decodeValues(this.#detail.bytes);
      const { fields, notes } = decoded(decode);
      this.#values = { fields, files, notes };
    }
    return this.#values;
  }

  [Symbol.dispose](): void {
    this.#closed();
    this.#detail[Symbol.dispose]();
  }
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch {
    throw corruptRows();
  }
}
