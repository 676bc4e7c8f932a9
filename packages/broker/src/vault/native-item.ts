// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { type Item, ItemOverviewSchema } from "@assent/protocol";
import { clone } from "@bufbuild/protobuf";
import { isEqual } from "../crypto/derive.ts";
import { type Random, randomKey } from "../crypto/random.ts";
import { allocateBytes, copySecret, Secret } from "../crypto/secret.ts";
import { encodeDetail, encodeOverview } from "./item-codec.ts";
import { archivedFlag, type ItemRecord } from "./native-index.ts";
import {
  type AccountKeys,
  corruptRows,
  detailPlace,
  envelopeTag,
  itemDigest,
  itemPlace,
  openUnder,
  sealUnder,
} from "./native-keys.ts";
import type { ItemEnvelopes, ItemRow, ItemState } from "./native-rows.ts";
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
  using plain = encodeDetail(item);
  const where = detailPlace(binding.accountId, state);
  const detail = sealUnder(itemKey, where, plain.bytes, random);
  using keyAndHash = new Secret(allocateBytes(keyLength + hashLength));
  keyAndHash.bytes.set(itemKey.bytes);
  keyAndHash.bytes.set(hashOf(detail), keyLength);
  const overview = sealUnder(
    vaultKey,
    itemPlace("overview", binding, state),
    encodeOverview(entry),
    random,
  );
  const key = sealUnder(
    vaultKey,
    itemPlace("detail-key", binding, state),
    keyAndHash.bytes,
    random,
  );
  return {
    row: { ...state, overview, key, detail },
    record: record(state, entry, { overview, key }, keys),
  };
}

/**
 * Open the detail of an item, which must be the very one that was last
 * written.
 *
 * @throws StoreError "corrupt"
 */
export function openItemDetail(
  row: Pick<ItemRow, "key" | "detail"> | undefined,
  { state, keyTag }: ItemRecord,
  vaultKey: Secret,
  { binding }: AccountKeys,
): Secret {
  if (row === undefined || !isEqual(envelopeTag(row.key), keyTag)) {
    throw corruptRows();
  }
  const where = itemPlace("detail-key", binding, state);
  using opened = openUnder(vaultKey, where, row.key);
  if (!isEqual(hashOf(row.detail), opened.bytes.subarray(keyLength))) {
    throw corruptRows();
  }
  using itemKey = copySecret(opened.bytes.subarray(0, keyLength));
  return openUnder(itemKey, detailPlace(binding.accountId, state), row.detail);
}

/**
 * The same item under other keys of vault and account; its detail stays as it
 * is.
 *
 * @throws StoreError "corrupt"
 */
export function moveItem(
  envelopes: ItemEnvelopes | undefined,
  { state, entry, digest }: ItemRecord,
  from: { readonly keys: AccountKeys; readonly vaultKey: Secret },
  to: { readonly keys: AccountKeys; readonly vaultKey: Secret },
  random: Random,
): { readonly envelopes: ItemEnvelopes; readonly record: ItemRecord } {
  if (envelopes === undefined) throw corruptRows();
  const before = record(state, entry, envelopes, from.keys);
  if (!isEqual(before.digest, digest)) throw corruptRows();
  const reseal = (kind: "overview" | "detail-key", envelope: Uint8Array) => {
    const left = itemPlace(kind, from.keys.binding, state);
    const reached = itemPlace(kind, to.keys.binding, state);
    using opened = openUnder(from.vaultKey, left, envelope);
    return sealUnder(to.vaultKey, reached, opened.bytes, random);
  };
  const moved = {
    overview: reseal("overview", envelopes.overview),
    key: reseal("detail-key", envelopes.key),
  };
  return { envelopes: moved, record: record(state, entry, moved, to.keys) };
}

const keyLength = 32;
const hashLength = 32;

function hashOf(detail: Uint8Array): Uint8Array {
  return hash("sha256", detail, "buffer");
}

function record(
  state: ItemState,
  entry: ItemEntry,
  { overview, key }: ItemEnvelopes,
  keys: AccountKeys,
): ItemRecord {
  const keyTag = Uint8Array.from(envelopeTag(key));
  return {
    state,
    entry,
    keyTag,
    digest: itemDigest(keys, state, overview, keyTag),
  };
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
