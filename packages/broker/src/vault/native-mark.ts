// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { isEqual } from "../crypto/derive.ts";
import { type AccountKeys, place } from "./native-keys.ts";
import { markSuffix } from "./native-path.ts";

/*
 * The ledger vouches for the rows of a file, and cannot tell that the whole
 * file is an old one. So the newest state that was ever committed is kept in a
 * second file beside it (T37): two records, written in turn and in place, each
 *
 *     "ASMK" (4) ‖ key epoch (4) ‖ changes so far (8) ‖ root (32) ‖ HMAC (32)
 *
 * The root is the keyed sum of all rows under one more HMAC: it tells two
 * states of as many changes apart, and nothing else. Both are under a key of
 * the account: without it, a record can be removed and not made.
 *
 * A record is written after its state is durable: a crash leaves the mark
 * behind the file, never ahead of it. A rotation alone announces its state
 * before, since the old key is gone afterwards; such a record has a higher key
 * epoch than the file and stands beside one of the file's own.
 */

/** One state of an account. */
export interface MarkedState {
  /** Changes so far. */
  readonly count: bigint;
  /** The keyed sum of all rows, 32 bytes; never stored. */
  readonly sum: Uint8Array;
}

/** How a file stands to its mark; "unmarked" when there is none that tells. */
export type MarkVerdict = "current" | "unmarked" | "rolled-back";

/** What is kept beside a file. A mark that cannot be written stays behind, which refuses nothing. */
export interface RevisionMark {
  judge(keys: AccountKeys, state: MarkedState): MarkVerdict;
  /** The highest key epoch that is recorded, genuine or not; 0 without any. */
  readonly keyEpoch: number;
  /** The state is durable. */
  commit(keys: AccountKeys, state: MarkedState): void;
  /** The state will be durable in a moment, under other keys. */
  announce(keys: AccountKeys, state: MarkedState): void;
  /** The state is durable, and nothing that was recorded before counts. */
  settle(keys: AccountKeys, state: MarkedState): void;
}

/** The mark of an account file. It is made when something is first written. */
export function createMark(path: string): RevisionMark {
  const file = path + markSuffix;
  const write = (
    keys: AccountKeys,
    state: MarkedState,
    slots: readonly number[],
  ) => {
    try {
      const record = sealRecord(keys, state);
      withFile(file, true, (descriptor) => {
        for (const slot of slots) {
          const at = slot * recordLength;
          writeSync(descriptor, record, 0, recordLength, at);
        }
      });
    } catch {
      // It stays behind.
    }
  };
  return {
    get keyEpoch() {
      return Math.max(0, ...readRecords(file).map((one) => one.keyEpoch));
    },
    judge(keys, state) {
      const records = readRecords(file);
      const { keyEpoch } = keys.binding;
      const [newest] = records
        .filter((record) => record.keyEpoch === keyEpoch)
        .filter((record) => isGenuine(record, keys))
        .sort((a, b) => (a.count < b.count ? 1 : -1));
      if (newest === undefined) {
        // Under a key that is not at hand. Only a later one matters.
        return records.some((record) => record.keyEpoch > keyEpoch)
          ? "rolled-back"
          : "unmarked";
      }
      if (newest.count < state.count) return "current";
      return newest.count === state.count &&
        isEqual(newest.root, rootOf(keys, state))
        ? "current"
        : "rolled-back";
    },
    commit: (keys, state) => write(keys, state, [Number(state.count & 1n)]),
    announce: (keys, state) => write(keys, state, [Number(state.count & 1n)]),
    settle: (keys, state) => write(keys, state, [0, 1]),
  };
}

interface MarkRecord {
  readonly keyEpoch: number;
  readonly count: bigint;
  readonly root: Buffer;
  readonly tag: Buffer;
}

const magic = 0x41534d4b;
const recordLength = 80;

function rootOf(keys: AccountKeys, { sum }: MarkedState): Uint8Array {
  return keys.marks.digest(place("mark-root", keys.binding, sum));
}

function tagOf(
  keys: AccountKeys,
  { count, root }: Pick<MarkRecord, "count" | "root">,
): Uint8Array {
  return keys.marks.digest(place("mark", keys.binding, count, root));
}

function isGenuine(record: MarkRecord, keys: AccountKeys): boolean {
  return isEqual(record.tag, tagOf(keys, record));
}

function sealRecord(keys: AccountKeys, state: MarkedState): Buffer {
  const { count } = state;
  const root = Buffer.from(rootOf(keys, state));
  const record = Buffer.alloc(recordLength);
  record.writeUInt32BE(magic);
  record.writeUInt32BE(keys.binding.keyEpoch, 4);
  record.writeBigUInt64BE(count, 8);
  record.set(root, 16);
  record.set(tagOf(keys, { count, root }), 48);
  return record;
}

/** What is there, be it forged. A file that cannot be read holds nothing. */
function readRecords(file: string): MarkRecord[] {
  const bytes = Buffer.alloc(2 * recordLength);
  try {
    withFile(file, false, (descriptor) => {
      readSync(descriptor, bytes, 0, bytes.length, 0);
    });
  } catch {
    return [];
  }
  return [0, recordLength]
    .map((at) => bytes.subarray(at, at + recordLength))
    .filter((record) => record.readUInt32BE() === magic)
    .map((record) => ({
      keyEpoch: record.readUInt32BE(4),
      count: record.readBigUInt64BE(8),
      root: record.subarray(16, 48),
      tag: record.subarray(48),
    }));
}

function withFile(
  file: string,
  isWritten: boolean,
  use: (descriptor: number) => void,
): void {
  const {
    O_RDONLY,
    O_RDWR,
    O_CREAT,
    O_NOFOLLOW = 0,
    O_NONBLOCK = 0,
  } = constants;
  const mode = isWritten ? O_RDWR | O_CREAT : O_RDONLY;
  const descriptor = openSync(file, mode | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error("not a file");
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
