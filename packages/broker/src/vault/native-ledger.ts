// SPDX-License-Identifier: Apache-2.0
import { isEqual } from "../crypto/derive.ts";
import type { Random } from "../crypto/random.ts";
import type { NativeFile } from "./native-file.ts";
import {
  type AccountKeys,
  corruptRows,
  openUnder,
  place,
  sealUnder,
} from "./native-keys.ts";
import type { AccountRow, NativeRows } from "./native-rows.ts";
import { changeSum, sumToBytes } from "./native-sum.ts";

/*
 * The ledger authenticates all rows of an account together, so that none can
 * be removed, added, or put back as it was (T37b). It is the keyed sum of all
 * rows and the number of changes so far, sealed and bound to what the account
 * row holds in clear. It is verified when the account is opened, and compared
 * with what is in memory before each change. A whole older file, with its own
 * ledger, still verifies: that is told by its mark (native-mark.ts).
 */

/** The fields of the account row that the ledger vouches for. */
export type AccountHead = Omit<AccountRow, "state">;

/** One durable change, in one transaction. */
export interface LedgerChange {
  /** Digests of rows that are new, or that replace others. */
  readonly added?: readonly Uint8Array[];
  /** Digests of rows that go. */
  readonly removed?: readonly Uint8Array[];
  /** What else of the account row changes. */
  readonly head?: Partial<AccountHead>;
  /** Writes the rows. */
  readonly write?: (rows: NativeRows) => void;
}

/** The account row, and the sum over all the others. */
export interface Ledger {
  /** As it was last written. */
  readonly row: AccountRow;
  /** Changes so far. */
  readonly count: bigint;
  /** The keyed sum of all rows, 32 bytes. */
  readonly sum: Uint8Array;
  /**
   * All of it or nothing.
   *
   * @throws StoreError "storage"; "corrupt" when the file is not as it was left.
   */
  commit(change: LedgerChange): void;
}

/**
 * Open the ledger, and verify it against the digests of all slots, vaults and
 * items. Borrows the keys.
 *
 * @throws StoreError "corrupt"
 */
export function openLedger(
  file: NativeFile,
  keys: AccountKeys,
  digests: readonly Uint8Array[],
  random: Random,
): Ledger {
  const row = file.rows.account();
  if (row === undefined) throw corruptRows();
  using opened = openUnder(keys.wrapping, statePlace(keys, row), row.state);
  const state = Buffer.from(opened.bytes.buffer, opened.bytes.byteOffset);
  const sum = changeSum(0n, digests, []);
  if (!isEqual(state.subarray(8, 40), sumToBytes(sum))) throw corruptRows();
  return createLedger(file, keys, row, sum, state.readBigUInt64BE(), random);
}

/** The account row of a new file, or of one whose keys change. */
export function sealHead(
  keys: AccountKeys,
  head: AccountHead,
  sum: bigint,
  count: bigint,
  random: Random,
): AccountRow {
  const state = Buffer.allocUnsafeSlow(40);
  state.writeBigUInt64BE(count);
  state.set(sumToBytes(sum), 8);
  return {
    ...head,
    state: sealUnder(keys.wrapping, statePlace(keys, head), state, random),
  };
}

/** The ledger of rows that are known to be whole. Borrows the keys. */
export function createLedger(
  file: NativeFile,
  keys: AccountKeys,
  initial: AccountRow,
  initialSum: bigint,
  initialCount: bigint,
  random: Random,
): Ledger {
  let row = initial;
  let sum = initialSum;
  let count = initialCount;
  return {
    get row() {
      return row;
    },
    get count() {
      return count;
    },
    get sum() {
      return sumToBytes(sum);
    },
    commit({ added = [], removed = [], head = {}, write }) {
      const nextSum = changeSum(sum, added, removed);
      const next = sealHead(
        keys,
        { ...row, ...head },
        nextSum,
        count + 1n,
        random,
      );
      file.transaction(() => {
        refuseDrift(file.rows.account(), row);
        write?.(file.rows);
        file.rows.putAccount(next);
      });
      row = next;
      sum = nextSum;
      count += 1n;
      file.mark.commit(keys, { count, sum: sumToBytes(sum) });
    },
  };
}

/** The account row must be as it was left. @throws StoreError "corrupt" */
export function refuseDrift(
  found: AccountRow | undefined,
  left: Pick<AccountRow, "state">,
): void {
  if (found === undefined || !isEqual(found.state, left.state)) {
    throw corruptRows();
  }
}

function statePlace(keys: AccountKeys, head: AccountHead): Uint8Array {
  const { name, revisionEpoch, logPublicKey, logPrivateKey } = head;
  return place(
    "ledger",
    keys.binding,
    name,
    revisionEpoch,
    logPublicKey,
    logPrivateKey,
  );
}
