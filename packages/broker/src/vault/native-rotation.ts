// SPDX-License-Identifier: Apache-2.0
import type { Random } from "../crypto/random.ts";
import { randomKey } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import type { NativeFile } from "./native-file.ts";
import { createVaultKey, NativeIndex, sealVault } from "./native-index.ts";
import { moveItem } from "./native-item.ts";
import {
  type AccountKeys,
  deriveAccountKeys,
  openUnder,
  place,
  sealUnder,
  slotDigest,
} from "./native-keys.ts";
import {
  type AccountHead,
  createLedger,
  type Ledger,
  refuseDrift,
  sealHead,
} from "./native-ledger.ts";
import type { SlotRow } from "./native-rows.ts";
import { createSlot, moveSlot, type SlotDraft } from "./native-slot.ts";
import { changeSum, sumToBytes } from "./native-sum.ts";

/*
 * A rotation gives the account a new account key, and each vault a new vault
 * key, in one transaction: whoever has an old copy of the file and an old
 * credential can open neither what is in the file now nor what is written
 * later (T55). What they could read in the old copy they have read.
 */

/** Which slots go and come with a rotation. */
export interface SlotChange {
  /** Ids. */
  readonly removed: readonly string[];
  readonly added: readonly SlotDraft[];
  /**
   * Of an old file that is put back: the new key epoch is above this one too,
   * and becomes the epoch of revisions. That one never rises otherwise, so no
   * revision is used twice (T37b).
   */
  readonly liftAbove?: number;
}

/** An open account, as it stands before or after a rotation. */
export interface OpenAccount {
  readonly keys: AccountKeys;
  readonly ledger: Ledger;
  readonly index: NativeIndex;
  /** In order of age. */
  readonly slots: readonly SlotRow[];
}

/**
 * Rotate all keys. Before and after share nothing: the caller zeroes the old
 * ones.
 *
 * @throws StoreError "storage" or "corrupt"; then the file is as before and
 * no new key is left.
 */
export function rotateKeys(
  file: NativeFile,
  before: OpenAccount,
  change: SlotChange,
  random: Random,
): OpenAccount {
  const { accountId, keyEpoch } = before.keys.binding;
  const { row: left } = before.ledger;
  const { liftAbove } = change;
  const count = before.ledger.count + 1n;
  using accountKey = randomKey(random);
  const keys = deriveAccountKeys(accountKey.bytes, {
    accountId,
    keyEpoch: Math.max(keyEpoch, liftAbove ?? 0) + 1,
  });
  const index = new NativeIndex();
  try {
    const slots = changeSlots(before, keys, accountKey, change, random);
    const moved = moveHead(left, before.keys, keys, random);
    const head =
      liftAbove === undefined
        ? moved
        : { ...moved, revisionEpoch: keys.binding.keyEpoch };
    const { row, sum } = file.transaction(() => {
      refuseDrift(file.rows.account(), left);
      for (const { id } of file.rows.slots()) file.rows.deleteSlot(id);
      for (const slot of slots) file.rows.addSlot(slot);
      moveVaults(file, before, { keys, index }, random);
      const digests = [
        ...slots.map((slot) => slotDigest(keys, slot)),
        ...Array.from(index.vaults(), ({ digest }) => digest),
        ...Array.from(index.items(), ({ digest }) => digest),
      ];
      const sum = changeSum(0n, digests, []);
      const row = sealHead(keys, head, sum, count, random);
      file.rows.putAccount(row);
      // Once this is durable, nobody can tell any more what the old key marked.
      file.mark.announce(keys, { count, sum: sumToBytes(sum) });
      return { row, sum };
    });
    const ledger = createLedger(file, keys, row, sum, count, random);
    file.mark.settle(keys, ledger);
    return { keys, ledger, index, slots };
  } catch (error) {
    keys[Symbol.dispose]();
    index.clear();
    throw error;
  }
}

function moveVaults(
  file: NativeFile,
  before: OpenAccount,
  after: Pick<OpenAccount, "keys" | "index">,
  random: Random,
): void {
  for (const vault of before.index.vaults()) {
    const key = createVaultKey(random);
    const { row, record } = sealVault({ ...vault, key }, after.keys, random);
    after.index.putVault(record);
    file.rows.putVault(row);
    for (const item of before.index.members(vault.id)) {
      const moved = moveItem(
        file.rows.envelopes(item.state.id),
        item,
        { keys: before.keys, vaultKey: vault.key },
        { keys: after.keys, vaultKey: key },
        random,
      );
      after.index.putItem(moved.record);
      file.rows.putEnvelopes(item.state.id, moved.envelopes);
    }
  }
}

function moveHead(
  head: AccountHead,
  from: AccountKeys,
  to: AccountKeys,
  random: Random,
): AccountHead {
  const { id, name, revisionEpoch, logPublicKey } = head;
  using logKey = openUnder(
    from.wrapping,
    logKeyPlace(from, logPublicKey),
    head.logPrivateKey,
  );
  return {
    id,
    name,
    keyEpoch: to.binding.keyEpoch,
    revisionEpoch,
    logPublicKey,
    logPrivateKey: sealUnder(
      to.wrapping,
      logKeyPlace(to, logPublicKey),
      logKey.bytes,
      random,
    ),
  };
}

/** Where the private half of the log key is sealed. */
export function logKeyPlace(
  keys: AccountKeys,
  publicKey: Uint8Array,
): Uint8Array {
  return place("log-key", keys.binding, publicKey);
}

function changeSlots(
  { slots, keys: from }: OpenAccount,
  to: AccountKeys,
  accountKey: Secret,
  { removed, added }: SlotChange,
  random: Random,
): SlotRow[] {
  const next = nextPosition(slots);
  return [
    ...slots
      .filter(({ id }) => !removed.includes(id))
      .map((row) => moveSlot(row, from, to, accountKey.bytes, random)),
    ...added.map((draft, offset) =>
      createSlot(draft, next + offset, accountKey.bytes, to, random),
    ),
  ];
}

/** The position of the next slot. */
export function nextPosition(slots: readonly SlotRow[]): number {
  return Math.max(0, ...slots.map(({ position }) => position)) + 1;
}
