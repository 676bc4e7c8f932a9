// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "../crypto/secret.ts";
import {
  type LockedAccount,
  readLockedAccount,
} from "../vault/native-account.ts";
import { type NativeFile, openNativeFile } from "../vault/native-file.ts";
import type { StoreFacts } from "../vault/native-opening.ts";
import { FileRefusal } from "../vault/native-refusal.ts";
import type { SlotChange } from "../vault/native-rotation.ts";
import { type NativeStore, openNativeStore } from "../vault/native-store.ts";
import { StoreError } from "../vault/store.ts";
import {
  AccountError,
  type AccountInfo,
  type AccountNotice,
} from "./accounts.ts";
import type { Backups } from "./backups.ts";

/** What an account depends on. */
export interface AccountFacts extends Pick<StoreFacts, "now" | "random"> {
  readonly backups: Backups;
  readonly onNotice: (accountId: string, notice: AccountNotice) => void;
}

/**
 * One account: its file, which stays open, and its store, which is there while
 * the account is unlocked. A store that was opened for one call is not the
 * store of the account, so nobody else sees it, but locking ends it as well.
 */
export class Account {
  readonly id: string;
  readonly #file: NativeFile;
  readonly #facts: StoreFacts;
  readonly #backups: Backups;
  readonly #onNotice: (notice: AccountNotice) => void;
  #locked: LockedAccount;
  #store: NativeStore | undefined;
  #passing: NativeStore | undefined;

  /** @throws AccountError when the file is not to be used. */
  constructor(path: string, id: string, facts: AccountFacts) {
    const { now, random, backups, onNotice } = facts;
    this.id = id;
    this.#backups = backups;
    this.#onNotice = (notice) => onNotice(id, notice);
    this.#facts = {
      now,
      random,
      onUnmarked: () => this.#onNotice("mark-missing"),
      beforeFirstChange: () => this.#backUp(),
    };
    this.#file = translated(() =>
      openNativeFile(path, {
        beforeMigration: (file) =>
          backups.make(id, (copy) => file.copyTo(copy)),
      }),
    );
    try {
      this.#locked = translated(() => readLockedAccount(this.#file, id));
      this.#settleBackups();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** What is in clear, as it stands. Never changed: replaced. */
  get locked(): LockedAccount {
    return this.#locked;
  }

  get name(): string {
    return this.#locked.row.name;
  }

  /** Undefined while the account is locked. */
  get store(): NativeStore | undefined {
    return this.#store;
  }

  info(): AccountInfo {
    const { row, slots } = this.#locked;
    return {
      id: this.id,
      name: row.name,
      locked: this.#store === undefined,
      slots: slots.map(({ id, kind, label }) => ({ id, kind, label })),
      publicLogKey: row.logPublicKey,
    };
  }

  /** @throws AccountError "corrupt" or "storage" */
  unlock(accountKey: Secret): void {
    this.#store ??= this.#passing ?? this.#open(accountKey);
  }

  lock(): void {
    this.#store?.lock();
    this.#passing?.lock();
    this.#store = undefined;
    this.#passing = undefined;
  }

  /**
   * Run with the store, opened for this call when the account is locked. What
   * is in clear is read again afterwards.
   *
   * @throws AccountError "corrupt" or "storage", and what `use` throws.
   */
  use<T>(accountKey: Secret, use: (store: NativeStore) => T): T {
    const present = this.#store ?? this.#passing;
    if (present !== undefined) return use(present);
    const store = this.#open(accountKey);
    this.#passing = store;
    try {
      return use(store);
    } finally {
      // Unless it was unlocked for good meanwhile.
      if (this.#store !== store) store.lock();
      this.#passing = undefined;
    }
  }

  /**
   * Change what is in clear, by a store that is open.
   *
   * @throws AccountError "locked" when none is, "storage" or "corrupt".
   */
  change(change: (store: NativeStore) => void): void {
    const store = this.#store ?? this.#passing;
    if (store === undefined) {
      throw new AccountError("locked", "The account is locked. Unlock it.");
    }
    translated(() => {
      change(store);
      this.#locked = readLockedAccount(this.#file, this.id);
    });
  }

  /**
   * Give all keys anew, by a store that is open. Our own backups, which the old
   * ones open, are replaced by one that they do not (T55).
   *
   * @throws AccountError "storage" or "corrupt"; then nothing was changed.
   */
  rotate(change: SlotChange): void {
    const { keyEpoch } = this.#locked.row;
    translated(() => this.#backups.announceRotation(this.id, keyEpoch + 1));
    try {
      this.change((store) => store.rotate(change));
    } finally {
      this.#settleBackups();
    }
    try {
      this.#backUp();
    } catch {
      // The keys are changed. The next backup comes before the next change.
    }
  }

  /** A copy that is whole, in a file that does not exist yet. @throws AccountError */
  copyTo(path: string): void {
    translated(() => this.#file.copyTo(path));
  }

  /** Lock, and give the file up. */
  close(): void {
    this.lock();
    this.#file.close();
  }

  #settleBackups(): void {
    const { keyEpoch } = this.#locked.row;
    if (!this.#backups.settleRotation(this.id, keyEpoch)) {
      this.#onNotice("backups-left");
    }
  }

  #backUp(): void {
    try {
      this.#backups.make(this.id, (path) => this.#file.copyTo(path));
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      throw new StoreError(
        "storage",
        `there is no backup, and without one nothing is changed: ${error.message}`,
      );
    }
  }

  #open(accountKey: Secret): NativeStore {
    return translated(() =>
      openNativeStore(this.#file, accountKey.bytes, this.#facts),
    );
  }
}

/** Run what reads or writes files, with its errors made AccountErrors. */
export function translated<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof FileRefusal) {
      throw new AccountError(error.failure, error.message);
    }
    if (!(error instanceof StoreError)) throw error;
    const { failure, message } = error;
    switch (failure) {
      case "storage":
      case "corrupt":
      case "rolled-back":
      case "locked":
        throw new AccountError(failure, message);
      default:
        throw error;
    }
  }
}
