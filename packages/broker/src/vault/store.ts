// SPDX-License-Identifier: Apache-2.0
import type { File, Item, ItemOverview, Vault } from "@assent/protocol";

/** A way to unlock, as it stands in clear. */
export interface SlotInfo {
  readonly id: string;
  readonly kind: "password" | "recovery-code" | "passkey";
  readonly label: string;
}

/** What can be told of an item without opening its secrets. No values, no notes. */
export interface ItemEntry {
  readonly overview: ItemOverview;
  readonly revision: bigint;
  readonly sections: readonly { readonly id: string; readonly title: string }[];
  readonly fields: readonly {
    readonly id: string;
    readonly title: string;
    readonly sectionId: string;
    /** FieldType of the schema. */
    readonly type: number;
  }[];
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    readonly sectionId: string;
    readonly size: bigint;
  }[];
}

/** What a reference reads of an item: no titles. */
export interface ItemValues {
  readonly fields: readonly {
    readonly id: string;
    /** FieldType of the schema. */
    readonly type: number;
    readonly value: Uint8Array;
  }[];
  readonly files: ItemEntry["files"];
  readonly notes: Uint8Array;
}

/**
 * A whole item. Its bytes are zeroed on disposal: copy what must live on. Each
 * way to look at it is decoded when asked for, and throws
 * StoreError("corrupt") when that cannot be done.
 */
export interface OpenItem extends Disposable {
  readonly item: Item;
  readonly values: ItemValues;
  /** How many bytes are held open for it. */
  readonly size: number;
}

/** A file as it is put: an empty id makes one, any other replaces the content of that one. */
export interface FileDraft {
  readonly id: string;
  /** Of one that is replaced, empty: as it was. */
  readonly name: string;
  /** Empty: none. */
  readonly sectionId: string;
}

/** Some bytes of a file. Zeroed on disposal: copy what must live on. */
export interface OpenContent extends Disposable {
  readonly bytes: Uint8Array;
}

/** Why a change did not happen; nothing was changed. */
export type StoreFailure =
  | "not-found"
  | "conflict"
  | "invalid"
  | "storage"
  | "corrupt"
  /** The file is an older one that was put back. */
  | "rolled-back"
  | "locked";

/** A typed refusal of the store, without any value of an item. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly failure: StoreFailure;
  constructor(failure: StoreFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * The vaults of one unlocked account. Everything is synchronous: what is
 * judged and what is done are one step. Changes return once durable. Every
 * method throws StoreError("locked") after the account was locked.
 *
 * A second kind of store stands behind this same interface; it never learns
 * who calls.
 */
export interface AccountStore {
  readonly accountId: string;
  /** The activity log is sealed to this key: X25519, 32 bytes. */
  readonly publicLogKey: Uint8Array;
  /** Opens the activity log: X25519, 32 bytes, the store's own. Zeroed by lock. */
  readonly privateLogKey: Uint8Array;
  /** In order of name. */
  vaults(): readonly Vault[];
  vault(vaultId: string): Vault | undefined;
  /** Entries of one vault in order of title, archived ones included. */
  items(vaultId: string): readonly ItemEntry[];
  /** One entry, by id alone. Constant time in the number of items. */
  entry(itemId: string): ItemEntry | undefined;
  /** The only way to plaintext. */
  read(itemId: string): OpenItem;
  /** Empty id: create. */
  putVault(vault: Vault): Vault;
  deleteVault(vaultId: string): void;
  /**
   * Empty id: create. Otherwise the revision must match, else "conflict".
   * An item may move to another vault: the caller judges both.
   */
  putItem(item: Item): Item;
  /**
   * Create items, in one durable change: all that are right, or none. In order,
   * with the refusal of each that is not right.
   */
  createItems(items: readonly Item[]): readonly (Item | StoreError)[];
  archiveItem(itemId: string): void;
  /** With its files. */
  deleteItem(itemId: string): void;
  /**
   * At most `length` bytes of a file from `offset` on; beyond its end there are
   * none. Nothing else of it is opened.
   */
  readFile(
    itemId: string,
    fileId: string,
    range: { readonly offset: number; readonly length: number },
  ): OpenContent;
  /**
   * Attach a file, or replace one, in one durable change: it appears whole or
   * not at all. A change of the item: `revision` is the item's, and must match,
   * else "conflict". `content` stays the caller's.
   */
  putFile(
    itemId: string,
    revision: bigint,
    file: FileDraft,
    content: Uint8Array,
  ): File;
  /** A change of the item, as `putFile`. */
  deleteFile(itemId: string, revision: bigint, fileId: string): void;
}
