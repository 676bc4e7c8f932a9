// SPDX-License-Identifier: Apache-2.0
import type { Item } from "@assent/protocol";
import { createId } from "../crypto/id.ts";
import type { Secret } from "../crypto/secret.ts";
import type { ContentSeal } from "./content-seals.ts";
import { decodeContentSeals } from "./item-codec.ts";
import { settleItem } from "./item-draft.ts";
import type { NativeFile } from "./native-file.ts";
import type { ItemRecord, VaultRecord } from "./native-index.ts";
import { openItemDetail, sealItem } from "./native-item.ts";
import { corruptRows } from "./native-keys.ts";
import type { StoreFacts } from "./native-opening.ts";
import type { OpenAccount } from "./native-rotation.ts";
import type { NativeRows } from "./native-rows.ts";
import { type ItemEntry, StoreError } from "./store.ts";

/** An item as it will be stored, where, and what its files open with. */
export interface SettledItem {
  readonly item: Item;
  readonly vault: VaultRecord;
  readonly contents: readonly ContentSeal[];
}

/**
 * The rows of an account by their ids, as long as it is open: what every change
 * begins with, and how items are written. All of it throws StoreError
 * ("locked") afterwards, and "not-found" for what is not there.
 */
export class NativeRecords {
  readonly file: NativeFile;
  readonly facts: StoreFacts;
  #open: OpenAccount | undefined;

  constructor(file: NativeFile, facts: StoreFacts, account: OpenAccount) {
    this.file = file;
    this.facts = facts;
    this.#open = account;
  }

  /** Its keys and its index stay the caller's to zero. */
  set account(account: OpenAccount) {
    this.#open = account;
  }

  get account(): OpenAccount {
    if (this.#open === undefined) {
      throw new StoreError("locked", "the account is locked");
    }
    return this.#open;
  }

  /** Nothing is there any more. What was open is the caller's to zero. */
  close(): OpenAccount | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  vault(id: string): VaultRecord {
    const record = this.account.index.vault(id);
    if (record !== undefined) return record;
    throw new StoreError("not-found", "there is no such vault");
  }

  item(id: string): ItemRecord {
    const record = this.account.index.item(id);
    if (record !== undefined) return record;
    throw new StoreError("not-found", "there is no such item");
  }

  /** @throws StoreError also "conflict": it has another revision */
  itemAt(id: string, revision: bigint): ItemRecord {
    const record = this.item(id);
    if (record.state.revision === revision) return record;
    throw new StoreError("conflict", "the item changed since it was read");
  }

  /** The caller's to zero. @throws StoreError "corrupt" */
  openDetail(record: ItemRecord): Secret {
    const { keys, index } = this.account;
    const { key } = this.vault(record.state.vaultId);
    const detail = this.file.rows.detail(record.state.id);
    return openItemDetail(detail, record, key, keys, index.openedKeys);
  }

  /** The draft as it will be stored in the place of `previous`, or as a new item. */
  settle(
    draft: Item,
    previous: ItemRecord | undefined,
    files?: ItemEntry["files"],
  ): Item {
    const newId = () => createId(this.facts.random);
    return settleItem(draft, {
      id: previous?.state.id ?? newId(),
      revision: this.nextRevision(previous?.state.revision),
      previous: previous?.entry,
      nowMs: Math.trunc(this.facts.now()),
      newId,
      ...(files === undefined ? {} : { files }),
    });
  }

  /** Write items, with what else is to be written, in one durable change. */
  save(
    items: readonly SettledItem[],
    previous: ItemRecord | undefined,
    writeChunks?: (rows: NativeRows) => void,
  ): void {
    const { keys, ledger, index } = this.account;
    const sealed = items.map(({ item, vault, contents }) =>
      sealItem(item, contents, vault.key, keys, this.facts.random),
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

  /** Revisions of a restored file begin in a new epoch: none is used twice. */
  nextRevision(revision = 0n): bigint {
    const { revisionEpoch } = this.account.ledger.row;
    const start = BigInt(revisionEpoch) << 32n;
    return (revision > start ? revision : start) + 1n;
  }
}

/**
 * What the files of an item open with: views of its detail. Undefined: there
 * are none.
 *
 * @throws StoreError "corrupt"
 */
export function contentsOf(detail: Secret | undefined): readonly ContentSeal[] {
  if (detail === undefined) return [];
  try {
    return decodeContentSeals(detail.bytes);
  } catch {
    throw corruptRows();
  }
}
