// SPDX-License-Identifier: Apache-2.0
import type { File, Item, Vault } from "@assent/protocol";
import { createId } from "../crypto/id.ts";
import type { Secret } from "../crypto/secret.ts";
import { checkName } from "./item-draft.ts";
import type { ContentRange } from "./native-content.ts";
import type { NativeFile } from "./native-file.ts";
import { deleteFile, putFile, readFile } from "./native-file-changes.ts";
import { compareVaults, createVaultKey, sealVault } from "./native-index.ts";
import {
  archiveItem,
  createItems,
  deleteItem,
  putItem,
} from "./native-item-changes.ts";
import {
  corruptRows,
  deriveAccountKeys,
  openUnder,
  slotDigest,
} from "./native-keys.ts";
import {
  judgeMark,
  openAccount,
  preparing,
  type StoreFacts,
} from "./native-opening.ts";
import { NativeRecords } from "./native-records.ts";
import {
  logKeyPlace,
  nextPosition,
  type OpenAccount,
  rotateKeys,
  type SlotChange,
} from "./native-rotation.ts";
import type { SlotRow } from "./native-rows.ts";
import { createSlot, type SlotDraft } from "./native-slot.ts";
import { OpenDetail } from "./open-detail.ts";
import type {
  AccountStore,
  FileDraft,
  OpenContent,
  OpenItem,
  StoreError,
} from "./store.ts";

/** An open account in a file of its own, with what only its owner may do. */
export interface NativeStore extends AccountStore {
  /** In order of age. */
  readonly slots: readonly SlotRow[];
  /** Bind another name to the account. The name is not judged here. */
  rename(name: string): void;
  /** One more way in; `accountKey` is the present one. */
  addSlot(draft: SlotDraft, accountKey: Uint8Array): void;
  /** Change the slots, and give all keys anew. Keys held elsewhere are void. */
  rotate(change: SlotChange): void;
  /** Zero the keys and every open item; the store is of no use any more. */
  lock(): void;
}

/**
 * Open an account and verify all its rows. The account key stays the
 * caller's.
 *
 * @throws StoreError "corrupt" or "storage"; "rolled-back" when it is an older
 * file put back (T37).
 */
export function openNativeStore(
  file: NativeFile,
  accountKey: Uint8Array,
  facts: StoreFacts,
): NativeStore {
  return new SealedStore(file, accountKey, facts);
}

class SealedStore implements NativeStore {
  readonly accountId: string;
  readonly publicLogKey: Uint8Array;
  readonly #records: NativeRecords;
  readonly #openBytes = new Set<Secret>();
  readonly #logKey: Secret;

  constructor(file: NativeFile, accountKey: Uint8Array, facts: StoreFacts) {
    const row = file.rows.account();
    if (row === undefined) throw corruptRows();
    let open: OpenAccount | undefined;
    const prepared = preparing(file, () => {
      // A new account has nothing to keep a copy of.
      if ((open?.ledger.count ?? 0n) > 0n) facts.beforeFirstChange?.();
    });
    this.accountId = row.id;
    this.publicLogKey = row.logPublicKey;
    const binding = { accountId: row.id, keyEpoch: row.keyEpoch };
    const keys = deriveAccountKeys(accountKey, binding);
    try {
      open = openAccount(prepared, keys, facts.random);
      judgeMark(file, open, facts);
      this.#logKey = openUnder(
        keys.wrapping,
        logKeyPlace(keys, row.logPublicKey),
        row.logPrivateKey,
      );
    } catch (error) {
      open?.index.clear();
      keys[Symbol.dispose]();
      throw error;
    }
    this.#records = new NativeRecords(prepared, facts, open);
  }

  get slots(): readonly SlotRow[] {
    return this.#records.account.slots;
  }

  get privateLogKey(): Uint8Array {
    // Only while it is open.
    void this.#records.account;
    return this.#logKey.bytes;
  }

  vaults(): readonly Vault[] {
    const { index } = this.#records.account;
    return [...index.vaults()]
      .sort(compareVaults)
      .map((record) => index.describe(record));
  }

  vault(vaultId: string): Vault | undefined {
    const { index } = this.#records.account;
    const record = index.vault(vaultId);
    return record && index.describe(record);
  }

  items(vaultId: string) {
    this.#records.vault(vaultId);
    return this.#records.account.index.entries(vaultId);
  }

  entry(itemId: string) {
    return this.#records.account.index.item(itemId)?.entry;
  }

  read(itemId: string): OpenItem {
    const record = this.#records.item(itemId);
    const detail = this.#records.openDetail(record);
    this.#openBytes.add(detail);
    return new OpenDetail(detail, record, () => this.#openBytes.delete(detail));
  }

  putVault(vault: Vault): Vault {
    const { keys, ledger, index } = this.#records.account;
    checkName(vault.name, "the name of a vault");
    const previous =
      vault.id === "" ? undefined : this.#records.vault(vault.id);
    const { random } = this.#records.facts;
    const { row, record } = sealVault(
      {
        id: previous?.id ?? createId(random),
        revision: this.#records.nextRevision(previous?.revision),
        name: vault.name,
        description: vault.description,
        key: previous?.key ?? createVaultKey(random),
      },
      keys,
      random,
    );
    ledger.commit({
      added: [record.digest],
      removed: previous === undefined ? [] : [previous.digest],
      write: (rows) => rows.putVault(row),
    });
    index.putVault(record);
    return index.describe(record);
  }

  deleteVault(vaultId: string): void {
    const { ledger, index } = this.#records.account;
    const vault = this.#records.vault(vaultId);
    const members = index.members(vaultId);
    ledger.commit({
      removed: [vault.digest, ...members.map(({ digest }) => digest)],
      write: (rows) => {
        for (const { state } of members) rows.deleteItem(state.id);
        rows.deleteVault(vaultId);
      },
    });
    index.deleteVault(vaultId);
  }

  putItem(draft: Item): Item {
    return putItem(this.#records, draft);
  }

  createItems(drafts: readonly Item[]): readonly (Item | StoreError)[] {
    return createItems(this.#records, drafts);
  }

  archiveItem(itemId: string): void {
    archiveItem(this.#records, itemId);
  }

  deleteItem(itemId: string): void {
    deleteItem(this.#records, itemId);
  }

  readFile(itemId: string, fileId: string, range: ContentRange): OpenContent {
    const content = readFile(this.#records, itemId, fileId, range);
    this.#openBytes.add(content);
    return {
      bytes: content.bytes,
      [Symbol.dispose]: () => {
        this.#openBytes.delete(content);
        content[Symbol.dispose]();
      },
    };
  }

  putFile(
    itemId: string,
    revision: bigint,
    draft: FileDraft,
    content: Uint8Array,
  ): File {
    return putFile(this.#records, itemId, revision, draft, content);
  }

  deleteFile(itemId: string, revision: bigint, fileId: string): void {
    deleteFile(this.#records, itemId, revision, fileId);
  }

  rename(name: string): void {
    this.#records.account.ledger.commit({ head: { name } });
  }

  addSlot(draft: SlotDraft, accountKey: Uint8Array): void {
    const open = this.#records.account;
    const { keys, ledger, slots } = open;
    const { random } = this.#records.facts;
    const position = nextPosition(slots);
    const row = createSlot(draft, position, accountKey, keys, random);
    ledger.commit({
      added: [slotDigest(keys, row)],
      write: (rows) => rows.addSlot(row),
    });
    this.#records.account = { ...open, slots: [...slots, row] };
  }

  rotate(change: SlotChange): void {
    const before = this.#records.account;
    this.#records.account = rotateKeys(
      this.#records.file,
      before,
      change,
      this.#records.facts.random,
    );
    before.keys[Symbol.dispose]();
    before.index.clear();
    try {
      this.#records.file.checkpoint();
    } catch {
      // The keys are changed. Closing the file empties the log as well.
    }
  }

  lock(): void {
    const open = this.#records.close();
    for (const detail of this.#openBytes) detail[Symbol.dispose]();
    this.#openBytes.clear();
    this.#logKey[Symbol.dispose]();
    open?.keys[Symbol.dispose]();
    open?.index.clear();
  }
}
