// SPDX-License-Identifier: Apache-2.0
import type { Random } from "../crypto/random.ts";
import type { NativeFile } from "./native-file.ts";
import { loadIndex } from "./native-index.ts";
import { type AccountKeys, slotDigest } from "./native-keys.ts";
import { openLedger } from "./native-ledger.ts";
import { oldFile } from "./native-refusal.ts";
import type { OpenAccount } from "./native-rotation.ts";

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

/** The file, which is prepared once before the first transaction. */
export function preparing(file: NativeFile, prepare: () => void): NativeFile {
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

/**
 * Judge whether the file is the newest there is, and let what is kept beside it
 * say so (T37).
 *
 * @throws StoreError "rolled-back"
 */
export function judgeMark(
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

/** Load and verify all rows. @throws StoreError "corrupt" */
export function openAccount(
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
