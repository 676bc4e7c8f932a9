// SPDX-License-Identifier: Apache-2.0
import { createKeyPair } from "../crypto/key-pair.ts";
import { type Random, randomKey } from "../crypto/random.ts";
import { createNativeFile, type NativeFile } from "./native-file.ts";
import { deriveAccountKeys, sealUnder, slotDigest } from "./native-keys.ts";
import { sealHead } from "./native-ledger.ts";
import { corruptFile } from "./native-refusal.ts";
import { logKeyPlace } from "./native-rotation.ts";
import type { AccountRow, SlotRow } from "./native-rows.ts";
import {
  createSlot,
  mostSlots,
  parseParameters,
  type SlotDraft,
} from "./native-slot.ts";
import { changeSum } from "./native-sum.ts";

/** What is known of an account while it is locked. Verified only at unlock. */
export interface LockedAccount {
  readonly row: AccountRow;
  /** In order of age. */
  readonly slots: readonly SlotRow[];
}

/** An account to be made. */
export interface AccountDraft {
  readonly id: string;
  readonly name: string;
  readonly slot: SlotDraft;
}

/**
 * Write a new account to a file that does not exist yet.
 *
 * @throws FileRefusal
 */
export function createNativeAccount(
  path: string,
  { id, name, slot }: AccountDraft,
  random: Random,
): void {
  using accountKey = randomKey(random);
  using keys = deriveAccountKeys(accountKey.bytes, {
    accountId: id,
    keyEpoch: 1,
  });
  const { publicKey, privateKey } = createKeyPair(random);
  using logKey = privateKey;
  const slotRow = createSlot(slot, 1, accountKey.bytes, keys, random);
  const head = {
    id,
    name,
    keyEpoch: 1,
    revisionEpoch: 0,
    logPublicKey: publicKey,
    logPrivateKey: sealUnder(
      keys.wrapping,
      logKeyPlace(keys, publicKey),
      logKey.bytes,
      random,
    ),
  };
  const sum = changeSum(0n, [slotDigest(keys, slotRow)], []);
  createNativeFile(path, (rows) => {
    rows.addSlot(slotRow);
    rows.putAccount(sealHead(keys, head, sum, 0n, random));
  });
}

/**
 * Read what is in clear. It may have been planted: it is bounded here, and
 * judged against the ledger once there is a key.
 *
 * @throws FileRefusal
 */
export function readLockedAccount(
  file: NativeFile,
  accountId: string,
): LockedAccount {
  const row = file.rows.account();
  const slots = file.rows.slots();
  if (
    row?.id !== accountId ||
    row.logPublicKey.length !== 32 ||
    slots.length === 0 ||
    slots.length > mostSlots ||
    !slots.every(isPlausible)
  ) {
    throw corruptFile(file.path);
  }
  return { row, slots };
}

function isPlausible({ kind, parameters }: SlotRow): boolean {
  const derivation = parseParameters(parameters)?.derivation;
  return kind === "password"
    ? derivation === "argon2id"
    : derivation === "hkdf-sha256";
}
