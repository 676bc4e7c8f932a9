// SPDX-License-Identifier: Apache-2.0
import { type Vault, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { Random } from "../crypto/random.ts";
import { randomKey } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import { decodeText, encodeText, parseOverview } from "./item-codec.ts";
import {
  type AccountKeys,
  corruptRows,
  itemDigest,
  itemFrame,
  itemPlace,
  openUnder,
  place,
  sealUnder,
  vaultDigest,
} from "./native-keys.ts";
import type {
  ItemHead,
  ItemState,
  NativeRows,
  VaultRow,
} from "./native-rows.ts";
import { OpenedKeys } from "./opened-keys.ts";
import { type ItemEntry, StoreError } from "./store.ts";

const idLength = 26;

/** Bit 0 of an item's flags. */
export const archivedFlag = 1;

/** A vault of an open account. */
export interface VaultRecord {
  readonly id: string;
  readonly revision: bigint;
  readonly name: string;
  readonly description: string;
  readonly key: Secret;
  /** Of its row as it was last written. */
  readonly digest: Uint8Array;
}

/** An item of an open account. */
export interface ItemRecord {
  readonly state: ItemState;
  /** @throws StoreError "corrupt" */
  readonly entry: ItemEntry;
  /** The key of its detail, sealed, as it was last written. */
  readonly key: Uint8Array;
  /** Of its row as it was last written. */
  readonly digest: Uint8Array;
}

/**
 * What is in memory while an account is open: everything but the details.
 * Lists are sorted when asked for, and kept until something changes.
 */
export class NativeIndex {
  readonly #vaults = new Map<string, VaultRecord>();
  readonly #items = new Map<string, ItemRecord>();
  readonly #members = new Map<string, Map<string, ItemRecord>>();
  readonly #sorted = new Map<string, readonly ItemEntry[]>();
  /** Of details that were read. They go with their items. */
  readonly openedKeys: OpenedKeys = new OpenedKeys();
  readonly #described = new WeakMap<VaultRecord, Vault>();

  vaults(): Iterable<VaultRecord> {
    return this.#vaults.values();
  }

  items(): Iterable<ItemRecord> {
    return this.#items.values();
  }

  vault(id: string): VaultRecord | undefined {
    return this.#vaults.get(id);
  }

  /** Names are looked up as ids first: most are told by their length. */
  item(id: string): ItemRecord | undefined {
    return id.length === idLength ? this.#items.get(id) : undefined;
  }

  /** Items of one vault, in no order. */
  members(vaultId: string): readonly ItemRecord[] {
    return [...(this.#members.get(vaultId)?.values() ?? [])];
  }

  /** Entries of one vault in order of title. */
  entries(vaultId: string): readonly ItemEntry[] {
    let sorted = this.#sorted.get(vaultId);
    if (sorted === undefined) {
      sorted = this.members(vaultId)
        .map(({ entry }) => entry)
        .sort(
          (a, b) =>
            collator.compare(a.overview.title, b.overview.title) ||
            compareText(a.overview.id, b.overview.id),
        );
      this.#sorted.set(vaultId, sorted);
    }
    return sorted;
  }

  /** As the schema has it: one message, until something of it changes. */
  describe(record: VaultRecord): Vault {
    const { id, name, description } = record;
    const itemCount = this.#members.get(id)?.size ?? 0;
    const known = this.#described.get(record);
    if (known?.itemCount === itemCount) return known;
    const vault = create(VaultSchema, { id, name, description, itemCount });
    this.#described.set(record, vault);
    return vault;
  }

  putVault(record: VaultRecord): void {
    this.#vaults.set(record.id, record);
    if (!this.#members.has(record.id)) this.#members.set(record.id, new Map());
  }

  deleteVault(id: string): void {
    for (const { state } of this.members(id)) this.deleteItem(state.id);
    this.#vaults.get(id)?.key[Symbol.dispose]();
    this.#vaults.delete(id);
    this.#members.delete(id);
    this.#sorted.delete(id);
  }

  putItem(record: ItemRecord): void {
    const { id, vaultId } = record.state;
    if (this.#items.has(id)) this.deleteItem(id);
    this.#items.set(id, record);
    this.#members.get(vaultId)?.set(id, record);
    this.#sorted.delete(vaultId);
  }

  deleteItem(id: string): void {
    const vaultId = this.#items.get(id)?.state.vaultId;
    if (vaultId === undefined) return;
    this.#items.delete(id);
    this.openedKeys.forget(id);
    this.#members.get(vaultId)?.delete(id);
    this.#sorted.delete(vaultId);
  }

  /** Zero the keys and forget everything. */
  clear(): void {
    for (const { key } of this.#vaults.values()) key[Symbol.dispose]();
    this.openedKeys.clear();
    this.#vaults.clear();
    this.#items.clear();
    this.#members.clear();
    this.#sorted.clear();
  }
}

const collator = new Intl.Collator("en");

/** In order of name, then of id. */
export function compareVaults(a: VaultRecord, b: VaultRecord): number {
  return collator.compare(a.name, b.name) || compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Read all vaults and overviews. @throws StoreError "corrupt" */
export function loadIndex(rows: NativeRows, keys: AccountKeys): NativeIndex {
  const index = new NativeIndex();
  try {
    for (const row of rows.vaults()) index.putVault(openVault(row, keys));
    for (const row of rows.items()) {
      const vault = index.vault(row.vaultId);
      if (vault === undefined) throw corruptRows();
      index.putItem(openItem(row, vault.key, keys));
    }
    return index;
  } catch (error) {
    index.clear();
    if (error instanceof StoreError) throw error;
    throw corruptRows();
  }
}

/** The row and the record of a vault; its key is the record's. */
export function sealVault(
  vault: Pick<VaultRecord, "id" | "revision" | "name" | "description" | "key">,
  keys: AccountKeys,
  random: Random,
): { row: VaultRow; record: VaultRecord } {
  const { id, revision, name, description, key } = vault;
  const row: VaultRow = {
    id,
    revision,
    key: sealUnder(
      keys.wrapping,
      place("vault-key", keys.binding, id, revision),
      key.bytes,
      random,
    ),
    description: sealUnder(
      key,
      place("vault-description", keys.binding, id, revision),
      encodeText(JSON.stringify([name, description])),
      random,
    ),
  };
  const digest = vaultDigest(keys, row);
  return { row, record: { id, revision, name, description, key, digest } };
}

/** A fresh key for a vault. */
export function createVaultKey(random: Random): Secret {
  return randomKey(random);
}

function openVault(row: VaultRow, keys: AccountKeys): VaultRecord {
  const { id, revision } = row;
  const key = openUnder(
    keys.wrapping,
    place("vault-key", keys.binding, id, revision),
    row.key,
  );
  try {
    using opened = openUnder(
      key,
      place("vault-description", keys.binding, id, revision),
      row.description,
    );
    const [name, description] = JSON.parse(decodeText(opened.bytes));
    const digest = vaultDigest(keys, row);
    return { id, revision, name, description, key, digest };
  } catch (error) {
    key[Symbol.dispose]();
    throw error;
  }
}

function openItem(
  row: ItemHead,
  vaultKey: Secret,
  keys: AccountKeys,
): ItemRecord {
  const { id, vaultId, revision, flags } = row;
  using opened = openUnder(
    vaultKey,
    itemPlace("overview", keys.binding, itemFrame(row)),
    row.overview,
  );
  const text = decodeText(opened.bytes);
  const state = { id, vaultId, revision, flags };
  return new StoredItem(state, row.key, itemDigest(keys, row, row), text);
}

/** Its entry is parsed when somebody looks: most of ten thousand are never looked at. */
class StoredItem implements ItemRecord {
  readonly state: ItemState;
  readonly key: Uint8Array;
  readonly digest: Uint8Array;
  #text: string;
  #entry: ItemEntry | undefined;

  constructor(
    state: ItemState,
    key: Uint8Array,
    digest: Uint8Array,
    text: string,
  ) {
    this.state = state;
    this.key = key;
    this.digest = digest;
    this.#text = text;
  }

  get entry(): ItemEntry {
    if (this.#entry === undefined) {
      const { id, vaultId, revision, flags } = this.state;
      const archived = (flags & archivedFlag) !== 0;
      const state = { id, vaultId, revision, archived };
      this.#entry = parseEntry(this.#text, state);
      this.#text = "";
    }
    return this.#entry;
  }
}

function parseEntry(
  text: string,
  state: Parameters<typeof parseOverview>[1],
): ItemEntry {
  try {
    return parseOverview(text, state);
  } catch {
    throw corruptRows();
  }
}
