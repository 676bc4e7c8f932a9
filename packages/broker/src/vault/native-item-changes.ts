// SPDX-License-Identifier: Apache-2.0
import type { Item } from "@assent/protocol";
import { decodeDetail } from "./item-codec.ts";
import {
  archivedFlag,
  type ItemRecord,
  type VaultRecord,
} from "./native-index.ts";
import { contentsOf, type NativeRecords } from "./native-records.ts";
import { StoreError } from "./store.ts";

/** As AccountStore.putItem. */
export function putItem(records: NativeRecords, draft: Item): Item {
  const { item, vault, previous } = settleDraft(records, draft);
  // What its files open with stands in the detail alone.
  const hasFiles = (previous?.entry.files.length ?? 0) > 0;
  using detail =
    previous !== undefined && hasFiles
      ? records.openDetail(previous)
      : undefined;
  records.save([{ item, vault, contents: contentsOf(detail) }], previous);
  return item;
}

/** As AccountStore.createItems. */
export function createItems(
  records: NativeRecords,
  drafts: readonly Item[],
): readonly (Item | StoreError)[] {
  // Locked: none of them is judged.
  void records.account;
  const settled = drafts.map((draft) => {
    try {
      const { item, vault, previous } = settleDraft(records, draft);
      return previous === undefined
        ? { item, vault, contents: [] }
        : new StoreError("invalid", "the item is not new");
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
  });
  const right = settled.flatMap((each) =>
    each instanceof StoreError ? [] : each,
  );
  if (right.length > 0) records.save(right, undefined);
  return settled.map((each) => (each instanceof StoreError ? each : each.item));
}

/** As AccountStore.archiveItem. */
export function archiveItem(records: NativeRecords, itemId: string): void {
  const previous = records.item(itemId);
  if ((previous.state.flags & archivedFlag) !== 0) return;
  const vault = records.vault(previous.state.vaultId);
  using detail = records.openDetail(previous);
  const item = records.settle(decodeDetail(detail.bytes), previous);
  if (item.overview) item.overview.archived = true;
  records.save([{ item, vault, contents: contentsOf(detail) }], previous);
}

/** As AccountStore.deleteItem. */
export function deleteItem(records: NativeRecords, itemId: string): void {
  const { ledger, index } = records.account;
  const { digest } = records.item(itemId);
  ledger.commit({
    removed: [digest],
    write: (rows) => rows.deleteItem(itemId),
  });
  index.deleteItem(itemId);
}

// As it will be stored, where, and in whose place.
function settleDraft(
  records: NativeRecords,
  draft: Item,
): {
  item: Item;
  vault: VaultRecord;
  previous: ItemRecord | undefined;
} {
  if (draft.overview === undefined) {
    throw new StoreError("invalid", "an item needs an overview");
  }
  const { id, vaultId } = draft.overview;
  const previous = id === "" ? undefined : records.itemAt(id, draft.revision);
  if (previous === undefined && draft.revision !== 0n) {
    throw new StoreError("invalid", "a new item has no revision");
  }
  const vault = records.vault(vaultId);
  return { item: records.settle(draft, previous), vault, previous };
}
