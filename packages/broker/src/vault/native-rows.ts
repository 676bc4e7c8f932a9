// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { translated } from "./native-refusal.ts";
import type { SlotInfo } from "./store.ts";

/** The one row about the account itself. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  /** Raised whenever the account key changes. */
  readonly keyEpoch: number;
  /** The upper half of new revisions. */
  readonly revisionEpoch: number;
  readonly logPublicKey: Uint8Array;
  /** Sealed. */
  readonly logPrivateKey: Uint8Array;
  /** Sealed: see native-ledger.ts. */
  readonly state: Uint8Array;
}

/** A way in. */
export interface SlotRow {
  readonly id: string;
  /** In order of age. */
  readonly position: number;
  readonly kind: SlotInfo["kind"];
  readonly label: string;
  /** How the key is derived, as JSON. */
  readonly parameters: string;
  /** Tells a wrong key from a damaged slot. */
  readonly commitment: Uint8Array;
  /** The slot's public key, sealed under the account key. */
  readonly publicKey: Uint8Array;
  /** The account key, sealed to the slot's public key. */
  readonly box: Uint8Array;
}

/** A vault. */
export interface VaultRow {
  readonly id: string;
  readonly revision: bigint;
  /** The vault key, sealed. */
  readonly key: Uint8Array;
  /** Name and description, sealed. */
  readonly description: Uint8Array;
}

/** What tells one state of an item from every other; in clear. */
export interface ItemState {
  readonly id: string;
  readonly vaultId: string;
  readonly revision: bigint;
  /** Bit 0: archived. */
  readonly flags: number;
}

/** What of an item is sealed under the vault key. */
export interface ItemEnvelopes {
  /** What can be told without its secrets. */
  readonly overview: Uint8Array;
  /** The key of the detail, and the SHA-256 of what is sealed under it. */
  readonly key: Uint8Array;
}

/** An item. */
export interface ItemRow extends ItemState, ItemEnvelopes {
  /** All of it, sealed under its own key. */
  readonly detail: Uint8Array;
}

/** What of an item is read when the account is opened. */
export type ItemHead = ItemState & ItemEnvelopes;

/** The rows of an account file. Every method may throw StoreError "storage" or "corrupt". */
export interface NativeRows {
  account(): AccountRow | undefined;
  putAccount(row: AccountRow): void;
  /** In order of age. */
  slots(): SlotRow[];
  addSlot(row: SlotRow): void;
  deleteSlot(id: string): void;
  vaults(): VaultRow[];
  putVault(row: VaultRow): void;
  deleteVault(id: string): void;
  items(): ItemHead[];
  envelopes(itemId: string): ItemEnvelopes | undefined;
  detail(itemId: string): Uint8Array | undefined;
  putItem(row: ItemRow): void;
  /** Replace what is sealed under the vault key. */
  putEnvelopes(itemId: string, envelopes: ItemEnvelopes): void;
  /** And the chunks of its files. */
  deleteItem(id: string): void;
  /** One chunk of the content of a file, sealed. */
  chunk(
    itemId: string,
    fileId: string,
    position: number,
  ): Uint8Array | undefined;
  /** In the place of all chunks of the file; none: it is deleted. */
  putChunks(
    itemId: string,
    fileId: string,
    chunks: readonly Uint8Array[],
  ): void;
}

/** Prepares the statements once. @throws StoreError */
export function createRows(database: DatabaseSync): NativeRows {
  const prepare = (sql: string) =>
    translated(() => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    });
  const account = prepare(
    `SELECT id, name, key_epoch AS keyEpoch, revision_epoch AS revisionEpoch,
      log_public AS logPublicKey, log_private AS logPrivateKey, state FROM account`,
  );
  const putAccount = prepare(
    `INSERT INTO account VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id)
      DO UPDATE SET name = ?2, key_epoch = ?3, revision_epoch = ?4,
        log_public = ?5, log_private = ?6, state = ?7`,
  );
  const slots = prepare(
    `SELECT id, position, kind, label, parameters, commitment,
      public AS publicKey, box FROM slot ORDER BY position`,
  );
  const addSlot = prepare("INSERT INTO slot VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const deleteSlot = prepare("DELETE FROM slot WHERE id = ?");
  const vaults = prepare("SELECT id, revision, key, description FROM vault");
  const putVault = prepare(
    `INSERT INTO vault VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id)
      DO UPDATE SET revision = ?2, key = ?3, description = ?4`,
  );
  const deleteVault = prepare("DELETE FROM vault WHERE id = ?");
  const items = prepare(
    "SELECT id, vault, revision, flags, overview, key FROM item",
  );
  // Thousands are read at once: an array costs less than an object.
  items.setReturnArrays(true);
  const envelopes = prepare("SELECT overview, key FROM item WHERE id = ?");
  const detail = prepare("SELECT detail FROM item WHERE id = ?");
  detail.setReturnArrays(true);
  const putItem = prepare(
    `INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id)
      DO UPDATE SET vault = ?2, revision = ?3, flags = ?4, overview = ?5,
        key = ?6, detail = ?7`,
  );
  const putEnvelopes = prepare(
    "UPDATE item SET overview = ?, key = ? WHERE id = ?",
  );
  const deleteItem = prepare("DELETE FROM item WHERE id = ?");
  const chunk = prepare(
    "SELECT content FROM chunk WHERE item = ? AND file = ? AND position = ?",
  );
  chunk.setReturnArrays(true);
  const addChunk = prepare("INSERT INTO chunk VALUES (?, ?, ?, ?)");
  const deleteChunks = prepare("DELETE FROM chunk WHERE item = ? AND file = ?");

  return {
    account() {
      const row = translated(() => account.get());
      return row && toAccountRow(row);
    },
    putAccount(row) {
      translated(() =>
        putAccount.run(
          row.id,
          row.name,
          row.keyEpoch,
          row.revisionEpoch,
          row.logPublicKey,
          row.logPrivateKey,
          row.state,
        ),
      );
    },
    slots() {
      return translated(() => slots.all()).map(toSlotRow);
    },
    addSlot(row) {
      translated(() =>
        addSlot.run(
          row.id,
          row.position,
          row.kind,
          row.label,
          row.parameters,
          row.commitment,
          row.publicKey,
          row.box,
        ),
      );
    },
    deleteSlot(id) {
      translated(() => deleteSlot.run(id));
    },
    vaults() {
      return translated(() => vaults.all()) as unknown as VaultRow[];
    },
    putVault(row) {
      translated(() =>
        putVault.run(row.id, row.revision, row.key, row.description),
      );
    },
    deleteVault(id) {
      translated(() => deleteVault.run(id));
    },
    items() {
      const rows = translated(() => items.all()) as unknown as ItemColumns[];
      return rows.map(toItemHead);
    },
    envelopes(itemId) {
      const row = translated(() => envelopes.get(itemId));
      return row as ItemEnvelopes | undefined;
    },
    detail(itemId) {
      const row = translated(() => detail.get(itemId));
      return (row as readonly Uint8Array[] | undefined)?.[0];
    },
    putItem(row) {
      translated(() =>
        putItem.run(
          row.id,
          row.vaultId,
          row.revision,
          row.flags,
          row.overview,
          row.key,
          row.detail,
        ),
      );
    },
    putEnvelopes(itemId, { overview, key }) {
      translated(() => putEnvelopes.run(overview, key, itemId));
    },
    deleteItem(id) {
      translated(() => deleteItem.run(id));
    },
    chunk(itemId, fileId, position) {
      const row = translated(() => chunk.get(itemId, fileId, position));
      return (row as readonly Uint8Array[] | undefined)?.[0];
    },
    putChunks(itemId, fileId, chunks) {
      translated(() => {
        deleteChunks.run(itemId, fileId);
        chunks.forEach((content, position) => {
          addChunk.run(itemId, fileId, position, content);
        });
      });
    },
  };
}

// The tables are STRICT: a column holds what its type says.
type Columns = Record<string, unknown>;

function toAccountRow(row: Columns): AccountRow {
  return {
    ...(row as unknown as AccountRow),
    keyEpoch: Number(row["keyEpoch"]),
    revisionEpoch: Number(row["revisionEpoch"]),
  };
}

function toSlotRow(row: Columns): SlotRow {
  return { ...(row as unknown as SlotRow), position: Number(row["position"]) };
}

type ItemColumns = [
  id: string,
  vaultId: string,
  revision: bigint,
  flags: bigint,
  overview: Uint8Array,
  key: Uint8Array,
];

function toItemHead(row: ItemColumns): ItemHead {
  const [id, vaultId, revision, flags, overview, key] = row;
  return { id, vaultId, revision, flags: Number(flags), overview, key };
}
