// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import type { Item } from "@assent/protocol";
import { isEqual } from "../crypto/derive.ts";
import { type Random, randomKey } from "../crypto/random.ts";
import { allocateBytes, Secret } from "../crypto/secret.ts";
import type { ContentSeal } from "./content-seals.ts";
import { encodeDetail, encodeOverview } from "./item-codec.ts";
import { archivedFlag, type ItemRecord } from "./native-index.ts";
import {
  type AccountKeys,
  corruptRows,
  itemDigest,
  itemFrame,
  itemPlace,
  openUnder,
  sealUnder,
} from "./native-keys.ts";
import type { ItemEnvelopes, ItemRow, ItemState } from "./native-rows.ts";
import type { OpenedKeys } from "./opened-keys.ts";
import type { ItemEntry } from "./store.ts";

/** A row with the record that stands for it in memory. */
export interface SealedItem {
  readonly row: ItemRow;
  readonly record: ItemRecord;
}

/**
 * Seal a settled item: its detail under a key that is used this once.
 * `contents`: of all its files.
 */
export function sealItem(
  item: Item,
  contents: readonly ContentSeal[],
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
  using plain = encodeDetail(item, contents);
  const where = itemFrame(state);
  const detail = sealUnder(
    itemKey,
    itemPlace("detail", binding, where),
    plain.bytes,
    random,
  );
  using keyAndHash = new Secret(allocateBytes(keyLength + hashLength));
  keyAndHash.bytes.set(itemKey.bytes);
  keyAndHash.bytes.set(hashOf(detail), keyLength);
  const overview = sealUnder(
    vaultKey,
    itemPlace("overview", binding, where),
    encodeOverview(entry),
    random,
  );
  const key = sealUnder(
    vaultKey,
    itemPlace("detail-key", binding, where),
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
  detail: Uint8Array | undefined,
  { state, key }: ItemRecord,
  vaultKey: Secret,
  { binding }: AccountKeys,
  known: OpenedKeys,
): Secret {
  if (detail === undefined) throw corruptRows();
  const where = itemFrame(state);
  const opened = known.of(state.id, () =>
    openUnder(vaultKey, itemPlace("detail-key", binding, where), key),
  );
  if (!isEqual(hashOf(detail), opened.bytes.subarray(keyLength))) {
    throw corruptRows();
  }
  const itemKey = { bytes: opened.bytes.subarray(0, keyLength) };
  return openUnder(itemKey, itemPlace("detail", binding, where), detail);
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
  const where = itemFrame(state);
  const reseal = (kind: "overview" | "detail-key", envelope: Uint8Array) => {
    const left = itemPlace(kind, from.keys.binding, where);
    const reached = itemPlace(kind, to.keys.binding, where);
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
  envelopes: ItemEnvelopes,
  keys: AccountKeys,
): ItemRecord {
  return {
    state,
    entry,
    key: Uint8Array.from(envelopes.key),
    digest: itemDigest(keys, state, envelopes),
  };
}

function toEntry(item: Item): ItemEntry {
  if (item.overview === undefined) throw new TypeError("not settled");
  return {
    overview: {
      ...item.overview,
      tags: [...item.overview.tags],
      urls: [...item.overview.urls],
    },
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
