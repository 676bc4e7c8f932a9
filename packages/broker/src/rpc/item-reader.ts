// SPDX-License-Identifier: Apache-2.0
import { type Item, limits, Reason } from "@assent/protocol";
import type { AccountStore, OpenItem } from "../vault/store.ts";
import { refusal } from "./refusal.ts";

/** Opens the items that one operation reads, within bounds. */
export interface ItemReader {
  /**
   * Opened once for each item, and zeroed when the answer has left.
   * @throws ConnectError with REASON_LIMIT_EXCEEDED
   */
  open(itemId: string): Pick<OpenItem, "item" | "values">;
  /**
   * So many bytes more will be in the answer.
   * @throws ConnectError with REASON_LIMIT_EXCEEDED once it would be too large
   */
  answer(bytes: number): void;
}

/** Bytes of values in one answer: the rest of a message is for what goes with them. */
export const answerBytes: number = limits.messageBytes - 256 * 1024;

/** Bytes of items that one operation may hold open: a few large answers. */
const openBytes = 8 * limits.messageBytes;

/** A reader for one operation. */
export function createItemReader(
  store: AccountStore,
  defer: (cleanup: () => void) => void,
): ItemReader {
  const opened = new Map<string, OpenItem>();
  let held = 0;
  let answered = 0;
  return {
    open(itemId) {
      const known = opened.get(itemId);
      if (known !== undefined) return known;
      const open = store.read(itemId);
      defer(() => open[Symbol.dispose]());
      held += open.size;
      if (held > openBytes) throw refusal(Reason.LIMIT_EXCEEDED);
      opened.set(itemId, open);
      return open;
    },
    answer(bytes) {
      answered += bytes;
      if (answered > answerBytes) throw refusal(Reason.LIMIT_EXCEEDED);
    },
  };
}

/** About as many bytes as the item takes in an answer. */
export function sizeOf(item: Item): number {
  return item.fields.reduce(
    (sum, field) => sum + field.value.length,
    item.notes.length,
  );
}
