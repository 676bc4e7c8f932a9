// SPDX-License-Identifier: Apache-2.0
import { type Item, ItemOverviewSchema } from "@assent/protocol";
import { clone } from "@bufbuild/protobuf";
import { isEqual } from "../crypto/derive.ts";
import { type Random, randomKey } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import { encodeDetail, encodeOverview } from "./item-codec.ts";
import { archivedFlag, type ItemRecord } from "./native-index.ts";
import {
  type AccountKeys,
  corruptRows,
  detailPlace,
  itemDigest,
  itemPlace,
  openUnder,
  sealUnder,
} from "./native-keys.ts";
import type { ItemRow } from "./native-rows.ts";
import type { ItemEntry } from "./store.ts";

/** A row with the record that stands for it in memory. */
export interface SealedItem {
  readonly row: ItemRow;
  readonly record: ItemRecord;
}

/** Seal a settled item: its detail under a key that is used this once. */
export function sealItem(
  item: Item,
  vaultKey: Secret,
  keys: AccountKeys,
  random: Random,
): SealedItem {
  const entry = toEntry(item);
  const { id, vaultId, archived } = entry.overview;
  const flags = archived ? archivedFlag : 0;
  const state = { id, vaultId, revision: item.revision, flags };
  const { binding } = keys;
  using itemKey = randomKey(random);
  using detail = encodeDetail(item);
  const row: ItemRow = {
    ...state,
    overview: sealUnder(
      vaultKey,
      itemPlace("overview", binding, state),
      encodeOverview(entry),
      random,
    ),
    key: sealUnder(
      vaultKey,
      itemPlace("detail-key", binding, state),
      itemKey.bytes,
      random,
    ),
    detail: sealUnder(
      itemKey,
      detailPlace(binding.accountId, state),
      detail.bytes,
      random,
    ),
  };
  return { row, record: { state, entry, digest: itemDigest(keys, row) } };
}

/**
 * Open the detail of an item, which must be the very row that was last written.
 *
 * @throws StoreError "corrupt"
 */
export function openItemDetail(
  row: ItemRow | undefined,
  record: ItemRecord,
  vaultKey: Secret,
  keys: AccountKeys,
): Secret {
  refuseOtherRow(row, record, keys);
  const { binding } = keys;
  using itemKey = openUnder(
    vaultKey,
    itemPlace("detail-key", binding, row),
    row.key,
  );
  return openUnder(itemKey, detailPlace(binding.accountId, row), row.detail);
}

/**
 * The same item under other keys of vault and account; its detail stays as it
 * is, since the key of the detail is used for nothing else.
 *
 * @throws StoreError "corrupt"
 */
export function moveItem(
  row: ItemRow | undefined,
  record: ItemRecord,
  from: { readonly keys: AccountKeys; readonly vaultKey: Secret },
  to: { readonly keys: AccountKeys; readonly vaultKey: Secret },
  random: Random,
): SealedItem {
  refuseOtherRow(row, record, from.keys);
  const reseal = (kind: "overview" | "detail-key", envelope: Uint8Array) => {
    const before = itemPlace(kind, from.keys.binding, row);
    const after = itemPlace(kind, to.keys.binding, row);
    using opened = openUnder(from.vaultKey, before, envelope);
    return sealUnder(to.vaultKey, after, opened.bytes, random);
  };
  const moved: ItemRow = {
    ...row,
    overview: reseal("overview", row.overview),
    key: reseal("detail-key", row.key),
  };
  return {
    row: moved,
    record: { ...record, digest: itemDigest(to.keys, moved) },
  };
}

function refuseOtherRow(
  row: ItemRow | undefined,
  record: ItemRecord,
  keys: AccountKeys,
): asserts row is ItemRow {
  if (row === undefined || !isEqual(itemDigest(keys, row), record.digest)) {
    throw corruptRows();
  }
}

function toEntry(item: Item): ItemEntry {
  if (item.overview === undefined) throw new TypeError("not settled");
  return {
    overview: clone(ItemOverviewSchema, item.overview),
    revision: item.revision,
    sections: item.sections.map(({ id, title }) => ({ id, title })),
    fields: item.fields.map(({ id, title, sectionId, type }) => ({
      id,
      title,
      sectionId,
      type,
    })),
    files: item.files.map(({ id, name, sectionId, size }) => ({
      id,
      name,
      sectionId,
      size,
    })),
  };
}
