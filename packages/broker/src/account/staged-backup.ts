// SPDX-License-Identifier: Apache-2.0
import { isId } from "../crypto/id.ts";
import type { Secret } from "../crypto/secret.ts";
import {
  type LockedAccount,
  readLockedAccount,
} from "../vault/native-account.ts";
import { type NativeFile, openNativeFile } from "../vault/native-file.ts";
import type { StoreFacts } from "../vault/native-opening.ts";
import { corruptFile } from "../vault/native-refusal.ts";
import { openSlot } from "../vault/native-slot.ts";
import { openNativeStore } from "../vault/native-store.ts";
import { translated } from "./account.ts";
import { AccountError, type Proof } from "./accounts.ts";
import type { PasswordDeriver } from "./password.ts";
import { deriveSlotKey } from "./slots.ts";

/**
 * A copy of a backup, in a file of our own that is no account yet: what the
 * backup itself is does not matter any more, and it is never changed.
 */
export class StagedBackup implements Disposable {
  readonly accountId: string;
  readonly path: string;
  readonly #discard: () => void;
  readonly #file: NativeFile;
  readonly #locked: LockedAccount;
  #accountKey: Secret | undefined;

  /** Takes over the file at `path`. @throws AccountError; then it is gone. */
  constructor(path: string, discard: () => void) {
    this.path = path;
    this.#discard = discard;
    try {
      this.#file = translated(() => openNativeFile(path));
      try {
        this.#locked = translated(() => {
          const id = this.#file.rows.account()?.id ?? "";
          if (!isId(id)) throw corruptFile(path);
          return readLockedAccount(this.#file, id);
        });
      } catch (error) {
        this.#file.close();
        throw error;
      }
    } catch (error) {
      discard();
      throw error;
    }
    this.accountId = this.#locked.row.id;
  }

  get name(): string {
    return this.#locked.row.name;
  }

  get keyEpoch(): number {
    return this.#locked.row.keyEpoch;
  }

  /** Whether the proof opens it; its bytes stay the caller's. @throws AccountError */
  async verify(
    proof: Proof,
    passwords: PasswordDeriver,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { row, slots } = this.#locked;
    const binding = { accountId: row.id, keyEpoch: row.keyEpoch };
    for (const slot of slots) {
      using key = await deriveSlotKey(slot, proof, passwords, signal);
      const accountKey = key && translated(() => openSlot(slot, binding, key));
      if (accountKey === undefined) continue;
      this.#accountKey?.[Symbol.dispose]();
      this.#accountKey = accountKey;
      return true;
    }
    return false;
  }

  /**
   * Verify all of it, and give it keys and an epoch of revisions of its own:
   * above `keyEpoch`, so that nothing of it can be taken for what was sealed
   * before, and no revision is used twice (T37b). Its file is closed then.
   *
   * @throws AccountError
   */
  lift(keyEpoch: number, facts: Pick<StoreFacts, "now" | "random">): void {
    const accountKey = this.#accountKey;
    if (accountKey === undefined) {
      throw new AccountError("locked", "The backup was not opened.");
    }
    translated(() => {
      const store = openNativeStore(this.#file, accountKey.bytes, facts);
      try {
        store.rotate({ removed: [], added: [], liftAbove: keyEpoch });
      } finally {
        store.lock();
      }
      this.#file.checkpoint();
    });
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.#accountKey?.[Symbol.dispose]();
    this.#file.close();
    this.#discard();
  }
}
