// SPDX-License-Identifier: Apache-2.0
import { type File, FileSchema, type Item, type Vault } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createId } from "../crypto/id.ts";
import type { Random } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import type { ContentSeal } from "./content-seals.ts";
import { decodeContentSeals, decodeDetail } from "./item-codec.ts";
import { checkName, settleFile, settleItem } from "./item-draft.ts";
import {
  type ContentRange,
  openContent,
  sealContent,
} from "./native-content.ts";
import type { NativeFile } from "./native-file.ts";
import {
  archivedFlag,
  compareVaults,
  createVaultKey,
  type ItemRecord,
  loadIndex,
  sealVault,
  type VaultRecord,
} from "./native-index.ts";
import { openItemDetail, sealItem } from "./native-item.ts";
import {
  type AccountKeys,
  corruptRows,
  deriveAccountKeys,
  openUnder,
  slotDigest,
} from "./native-keys.ts";
import { openLedger } from "./native-ledger.ts";
import { oldFile } from "./native-refusal.ts";
import {
  logKeyPlace,
  nextPosition,
  type OpenAccount,
  rotateKeys,
  type SlotChange,
} from "./native-rotation.ts";
import type { NativeRows, SlotRow } from "./native-rows.ts";
import { createSlot, type SlotDraft } from "./native-slot.ts";
import { OpenDetail } from "./open-detail.ts";
import {
  type AccountStore,
  type FileDraft,
  type ItemEntry,
  type OpenContent,
  type OpenItem,
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

/** What a store needs from outside. */
export interface StoreFacts {
  /** The wall clock, milliseconds. */
  readonly now: () => number;
  readonly random: Random;
  /** Told when nothing beside the file tells whether it is the newest (T37). */
  readonly onUnmarked?: () => void;
  /** Called once before the first change. When it throws, nothing is changed. */
  readonly beforeFirstChange?: () => void;
  /** Open it although it is older than what was last seen. */
  readonly acceptsOld?: boolean;
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
  readonly #file: NativeFile;
  readonly #facts: StoreFacts;
  readonly #openItems = new Set<Secret>();
  #logKey: Secret;
  #open: OpenAccount | undefined;

  constructor(file: NativeFile, accountKey: Uint8Array, facts: StoreFacts) {
    const row = file.rows.account();
    if (row === undefined) throw corruptRows();
    this.#file = preparing(file, () => {
      // A new account has nothing to keep a copy of.
      if ((this.#open?.ledger.count ?? 0n) > 0n) facts.beforeFirstChange?.();
    });
    this.#facts = facts;
    this.accountId = row.id;
    this.publicLogKey = row.logPublicKey;
    const binding = { accountId: row.id, keyEpoch: row.keyEpoch };
    const keys = deriveAccountKeys(accountKey, binding);
    try {
      this.#open = openAccount(this.#file, keys, facts.random);
      judgeMark(file, this.#open, facts);
      this.#logKey = openUnder(
        keys.wrapping,
        logKeyPlace(keys, row.logPublicKey),
        row.logPrivateKey,
      );
    } catch (error) {
      this.#open?.index.clear();
      keys[Symbol.dispose]();
      throw error;
    }
  }

  get slots(): readonly SlotRow[] {
    return this.#account().slots;
  }

  get privateLogKey(): Uint8Array {
    this.#account();
    return this.#logKey.bytes;
  }

  vaults(): readonly Vault[] {
    const { index } = this.#account();
    return [...index.vaults()]
      .sort(compareVaults)
      .map((record) => index.describe(record));
  }

  vault(vaultId: string): Vault | undefined {
    const { index } = this.#account();
    const record = index.vault(vaultId);
    return record && index.describe(record);
  }

  items(vaultId: string) {
    this.#vaultRecord(vaultId);
    return this.#account().index.entries(vaultId);
  }

  entry(itemId: string) {
    return this.#account().index.item(itemId)?.entry;
  }

  read(itemId: string): OpenItem {
    const record = this.#itemRecord(itemId);
    const detail = this.#openDetail(record);
    this.#openItems.add(detail);
    return new OpenDetail(detail, record, () => this.#openItems.delete(detail));
  }

  putVault(vault: Vault): Vault {
    const { keys, ledger, index } = this.#account();
    checkName(vault.name, "the name of a vault");
    const previous = vault.id === "" ? undefined : this.#vaultRecord(vault.id);
    const { random } = this.#facts;
    const { row, record } = sealVault(
      {
        id: previous?.id ?? createId(random),
        revision: this.#nextRevision(previous?.revision),
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
    const { ledger, index } = this.#account();
    const vault = this.#vaultRecord(vaultId);
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
    const { item, vault, previous } = this.#settle(draft);
    using detail = this.#detailWithFiles(previous);
    const contents = contentsOf(detail);
    this.#save([{ item, vault, contents }], previous);
    return item;
  }

  createItems(drafts: readonly Item[]): readonly (Item | StoreError)[] {
    this.#account();
    const settled = drafts.map((draft) => {
      try {
        const { item, vault, previous } = this.#settle(draft);
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
    if (right.length > 0) this.#save(right, undefined);
    return settled.map((each) =>
      each instanceof StoreError ? each : each.item,
    );
  }

  // As it will be stored, where, and in whose place.
  #settle(draft: Item): {
    item: Item;
    vault: VaultRecord;
    previous: ItemRecord | undefined;
  } {
    this.#account();
    if (draft.overview === undefined) {
      throw new StoreError("invalid", "an item needs an overview");
    }
    const { id, vaultId } = draft.overview;
    const previous = id === "" ? undefined : this.#itemRecord(id);
    if (draft.revision !== (previous?.state.revision ?? 0n)) {
      throw previous === undefined
        ? new StoreError("invalid", "a new item has no revision")
        : new StoreError("conflict", "the item changed since it was read");
    }
    const vault = this.#vaultRecord(vaultId);
    const newId = () => createId(this.#facts.random);
    const item = settleItem(draft, {
      id: previous?.state.id ?? newId(),
      revision: this.#nextRevision(previous?.state.revision),
      previous: previous?.entry,
      nowMs: Math.trunc(this.#facts.now()),
      newId,
    });
    return { item, vault, previous };
  }

  archiveItem(itemId: string): void {
    const previous = this.#itemRecord(itemId);
    if ((previous.state.flags & archivedFlag) !== 0) return;
    const vault = this.#vaultRecord(previous.state.vaultId);
    using detail = this.#openDetail(previous);
    const stored = decodeDetail(detail.bytes);
    const item = settleItem(stored, {
      id: itemId,
      revision: this.#nextRevision(previous.state.revision),
      previous: previous.entry,
      nowMs: Math.trunc(this.#facts.now()),
      newId: () => createId(this.#facts.random),
    });
    if (item.overview) item.overview.archived = true;
    const contents = contentsOf(detail);
    this.#save([{ item, vault, contents }], previous);
  }

  deleteItem(itemId: string): void {
    const { ledger, index } = this.#account();
    const { digest } = this.#itemRecord(itemId);
    ledger.commit({
      removed: [digest],
      write: (rows) => rows.deleteItem(itemId),
    });
    index.deleteItem(itemId);
  }

  readFile(itemId: string, fileId: string, range: ContentRange): OpenContent {
    const record = this.#itemRecord(itemId);
    const file = fileOf(record.entry, fileId);
    using detail = this.#openDetail(record);
    const seal = contentsOf(detail).find((one) => one.fileId === fileId);
    if (seal === undefined) throw corruptRows();
    const content = openContent(
      this.#contentPlace(itemId, fileId, Number(file.size)),
      seal,
      range,
      (position) => this.#file.rows.chunk(itemId, fileId, position),
    );
    this.#openItems.add(content);
    return {
      bytes: content.bytes,
      [Symbol.dispose]: () => {
        this.#openItems.delete(content);
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
    const { random } = this.#facts;
    const { entry } = this.#itemAt(itemId, revision);
    const present = draft.id === "" ? undefined : fileOf(entry, draft.id);
    const id = present?.id ?? createId(random);
    const size = content.length;
    const file = settleFile(draft, { id, size, present, item: entry });
    using sealed = sealContent(
      this.#contentPlace(itemId, id, size),
      content,
      random,
    );
    const replaced =
      present === undefined
        ? [...entry.files, file]
        : entry.files.map((one) => (one === present ? file : one));
    this.#changeFiles(itemId, replaced, [sealed.seal], (rows) =>
      rows.putChunks(itemId, id, sealed.chunks),
    );
    return create(FileSchema, file);
  }

  deleteFile(itemId: string, revision: bigint, fileId: string): void {
    const { entry } = this.#itemAt(itemId, revision);
    const file = fileOf(entry, fileId);
    const left = entry.files.filter((one) => one !== file);
    this.#changeFiles(itemId, left, [], (rows) =>
      rows.putChunks(itemId, fileId, []),
    );
  }

  // The item as it is, with other files; `added` are contents of some of them.
  #changeFiles(
    itemId: string,
    files: ItemEntry["files"],
    added: readonly ContentSeal[],
    writeChunks: (rows: NativeRows) => void,
  ): void {
    const previous = this.#itemRecord(itemId);
    const vault = this.#vaultRecord(previous.state.vaultId);
    using detail = this.#openDetail(previous);
    const item = settleItem(decodeDetail(detail.bytes), {
      id: itemId,
      revision: this.#nextRevision(previous.state.revision),
      previous: previous.entry,
      nowMs: Math.trunc(this.#facts.now()),
      newId: () => createId(this.#facts.random),
      files,
    });
    const contents = [...added, ...contentsOf(detail)].filter(
      ({ fileId }, at, all) =>
        files.some(({ id }) => id === fileId) &&
        all.findIndex((one) => one.fileId === fileId) === at,
    );
    this.#save([{ item, vault, contents }], previous, writeChunks);
  }

  rename(name: string): void {
    this.#account().ledger.commit({ head: { name } });
  }

  addSlot(draft: SlotDraft, accountKey: Uint8Array): void {
    const open = this.#account();
    const { keys, ledger, slots } = open;
    const { random } = this.#facts;
    const position = nextPosition(slots);
    const row = createSlot(draft, position, accountKey, keys, random);
    ledger.commit({
      added: [slotDigest(keys, row)],
      write: (rows) => rows.addSlot(row),
    });
    this.#open = { ...open, slots: [...slots, row] };
  }

  rotate(change: SlotChange): void {
    const before = this.#account();
    this.#open = rotateKeys(this.#file, before, change, this.#facts.random);
    before.keys[Symbol.dispose]();
    before.index.clear();
    try {
      this.#file.checkpoint();
    } catch {
      // The keys are changed. Closing the file empties the log as well.
    }
  }

  lock(): void {
    const open = this.#open;
    this.#open = undefined;
    for (const detail of this.#openItems) detail[Symbol.dispose]();
    this.#openItems.clear();
    this.#logKey[Symbol.dispose]();
    open?.keys[Symbol.dispose]();
    open?.index.clear();
  }

  #account(): OpenAccount {
    if (this.#open === undefined) {
      throw new StoreError("locked", "the account is locked");
    }
    return this.#open;
  }

  #vaultRecord(id: string): VaultRecord {
    const record = this.#account().index.vault(id);
    if (record !== undefined) return record;
    throw new StoreError("not-found", "there is no such vault");
  }

  #itemRecord(id: string): ItemRecord {
    const record = this.#account().index.item(id);
    if (record !== undefined) return record;
    throw new StoreError("not-found", "there is no such item");
  }

  #itemAt(id: string, revision: bigint): ItemRecord {
    const record = this.#itemRecord(id);
    if (record.state.revision === revision) return record;
    throw new StoreError("conflict", "the item changed since it was read");
  }

  #openDetail(record: ItemRecord): Secret {
    const { keys, index } = this.#account();
    const { key } = this.#vaultRecord(record.state.vaultId);
    const detail = this.#file.rows.detail(record.state.id);
    return openItemDetail(detail, record, key, keys, index.openedKeys);
  }

  // What its files open with stands in the detail alone.
  #detailWithFiles(record: ItemRecord | undefined): Secret | undefined {
    return record === undefined || record.entry.files.length === 0
      ? undefined
      : this.#openDetail(record);
  }

  #contentPlace(itemId: string, fileId: string, size: number) {
    return { accountId: this.accountId, itemId, fileId, size };
  }

  #save(
    items: readonly SettledItem[],
    previous: ItemRecord | undefined,
    writeChunks?: (rows: NativeRows) => void,
  ): void {
    const { keys, ledger, index } = this.#account();
    const sealed = items.map(({ item, vault, contents }) =>
      sealItem(item, contents, vault.key, keys, this.#facts.random),
    );
    ledger.commit({
      added: sealed.map(({ record }) => record.digest),
      removed: previous === undefined ? [] : [previous.digest],
      write: (rows) => {
        for (const { row } of sealed) rows.putItem(row);
        writeChunks?.(rows);
      },
    });
    for (const { record } of sealed) index.putItem(record);
  }

  // Revisions of a restored file begin in a new epoch: none is used twice.
  #nextRevision(revision = 0n): bigint {
    const { revisionEpoch } = this.#account().ledger.row;
    const start = BigInt(revisionEpoch) << 32n;
    return (revision > start ? revision : start) + 1n;
  }
}

/** An item as it will be stored, where, and what its files open with. */
interface SettledItem {
  readonly item: Item;
  readonly vault: VaultRecord;
  readonly contents: readonly ContentSeal[];
}

// Views of the detail. Undefined: there are none.
function contentsOf(detail: Secret | undefined): readonly ContentSeal[] {
  if (detail === undefined) return [];
  try {
    return decodeContentSeals(detail.bytes);
  } catch {
    throw corruptRows();
  }
}

function fileOf(entry: ItemEntry, fileId: string): ItemEntry["files"][number] {
  const file = entry.files.find(({ id }) => id === fileId);
  if (file !== undefined) return file;
  throw new StoreError("not-found", "there is no such file");
}

/** The file, which is prepared once before the first transaction. */
function preparing(file: NativeFile, prepare: () => void): NativeFile {
  let isPrepared = false;
  return {
    ...file,
    transaction(change) {
      if (!isPrepared) prepare();
      isPrepared = true;
      return file.transaction(change);
    },
  };
}

function judgeMark(
  file: NativeFile,
  { keys, ledger }: OpenAccount,
  { acceptsOld = false, onUnmarked }: StoreFacts,
): void {
  const verdict = file.mark.judge(keys, ledger);
  if (verdict === "rolled-back" && !acceptsOld) throw oldFile(file.path);
  // Before its first change there is nothing older than a file.
  if (verdict === "unmarked" && ledger.count > 0n) onUnmarked?.();
  if (verdict !== "rolled-back") file.mark.settle(keys, ledger);
}

function openAccount(
  file: NativeFile,
  keys: AccountKeys,
  random: Random,
): OpenAccount {
  const slots = file.rows.slots();
  const index = loadIndex(file.rows, keys);
  try {
    const digests = [
      ...slots.map((slot) => slotDigest(keys, slot)),
      ...Array.from(index.vaults(), ({ digest }) => digest),
      ...Array.from(index.items(), ({ digest }) => digest),
    ];
    const ledger = openLedger(file, keys, digests, random);
    return { keys, ledger, index, slots };
  } catch (error) {
    index.clear();
    throw error;
  }
}
