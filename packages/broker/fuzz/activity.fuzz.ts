// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActivityError } from "../src/activity/activity.ts";
import { createActivityLog } from "../src/activity/activity-log.ts";
import { readChain } from "../src/activity/chain-reader.ts";
import { type LogPlaces, placesOf } from "../src/activity/entry-place.ts";
import {
  type LogFile,
  openLogFile,
  type StoredEntry,
  type StoredSegment,
} from "../src/activity/log-file.ts";
import { sealedBodies } from "../src/activity/sealed-body.ts";
import { createKeyPair } from "../src/crypto/key-pair.ts";
import { type FuzzTarget, functionTarget } from "./fuzz-target.ts";
import { mutate } from "./mutation.ts";
import { createRandom, type Random } from "./random.ts";

const accountId = "a".repeat(26);
const name = `account/${accountId}`;
const dayMs = 86_400_000;

/** A log of three starts with four entries each, and what it tells, newest first. */
interface Ground {
  readonly entries: readonly StoredEntry[];
  readonly segments: readonly StoredSegment[];
  readonly bytes: Uint8Array;
  readonly whole: readonly string[];
  readonly places: LogPlaces;
  /** What is listed until it ends, or is refused. */
  readRows(entries: StoredEntry[], segments: StoredSegment[]): Listing;
  readFile(bytes: Uint8Array): Listing;
}

interface Listing {
  readonly told: readonly string[];
  readonly refused: boolean;
}

function createGround(directory: string): Ground {
  const keys = createRandom(1);
  const random = (bytes: Uint8Array) => bytes.set(keys.bytes(bytes.length));
  const { publicKey, privateKey } = createKeyPair(random);
  const key = privateKey.bytes;
  const file = join(directory, "log.db");
  const other = join(directory, "other.db");
  const open = (path: string) =>
    createActivityLog({ file: path, accountId, publicKey, random });
  for (let start = 0; start < 3; start += 1) {
    const log = open(file);
    for (let n = 4 * start; n < 4 * start + 4; n += 1) {
      log.append({ kind: n % 2 === 0 ? "granted" : "request", n }, n * dayMs);
    }
    log.close();
  }
  const bytes = readFileSync(file);
  const places = placesOf(name);
  const stored = openLogFile(file, name, places.origin);
  const segments = [1, 2, 3].flatMap((number) => stored.segment(number) ?? []);
  const entries = segments.flatMap(({ number }) =>
    stored.entriesOf(number, 4 * number),
  );
  stored.close();
  const openSegment = sealedBodies({ accountId, publicKey, random }).reader(
    key,
  );

  const list = (read: () => Iterable<unknown>): Listing => {
    const told: string[] = [];
    try {
      for (const entry of read()) told.push(show(entry));
      return { told, refused: false };
    } catch (error) {
      if (!(error instanceof ActivityError)) throw error;
      if (error.failure !== "corrupt") throw error;
      return { told, refused: true };
    }
  };
  const readRows: Ground["readRows"] = (entries, segments) => {
    const last = entries.at(-1);
    const head = last ?? { sequence: 0, link: places.origin };
    const read = { path: file, file: inMemory(entries, segments), places };
    return list(() => readChain({ ...read, head, openSegment }));
  };
  const readFile = (bytes: Uint8Array) => {
    for (const suffix of ["-wal", "-shm", "-journal"]) {
      rmSync(other + suffix, { force: true });
    }
    writeFileSync(other, bytes, { mode: 0o600 });
    return list(function* () {
      const log = open(other);
      try {
        yield* log.read(key);
      } finally {
        log.close();
      }
    });
  };
  const whole = readRows([...entries], [...segments]).told;
  if (whole.length !== 12) throw new Error(`${whole.length} entries`);
  return { entries, segments, bytes, whole, places, readRows, readFile };

  function inMemory(entries: StoredEntry[], segments: StoredSegment[]) {
    const file: Partial<LogFile> = {
      anchor: () => ({ sequence: 0, link: places.origin }),
      entry: (sequence) => entries.find((one) => one.sequence === sequence),
      segment: (number) => segments.find((one) => one.number === number),
      entriesOf(number, last) {
        const first = segments.find((one) => one.number === number)?.first;
        return entries
          .filter(
            ({ sequence }) => sequence >= (first ?? 1) && sequence <= last,
          )
          .toSorted((a, b) => a.sequence - b.sequence);
      },
    };
    return file as LogFile;
  }
}

const show = (entry: unknown) =>
  JSON.stringify(entry, (_, value) =>
    typeof value === "bigint" ? `${value}` : value,
  );

const numbers = [0, 1, 2, 3, 4, 5, 12, 13, -1, 2 ** 31, 2 ** 53 - 1];

function sameLength(random: Random, bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed.set(mutate(random, bytes).subarray(0, bytes.length));
  return changed;
}

/** One to three changes of rows: bytes or numbers changed, rows gone, moved or doubled. */
function changeRows(
  random: Random,
  entries: StoredEntry[],
  segments: StoredSegment[],
): void {
  for (let left = random.between(1, 3); left > 0; left -= 1) {
    const at = random.below(entries.length);
    const entry = random.pick(entries);
    switch (random.below(8)) {
      case 0:
        entries[at] = { ...entry, body: mutate(random, entry.body) };
        break;
      case 1:
        // The file says no other length (log-file.ts).
        entries[at] = { ...entry, link: sameLength(random, entry.link) };
        break;
      case 2: {
        const column = random.pick(["sequence", "segment", "day", "class"]);
        entries[at] = { ...entry, [column]: random.pick(numbers) };
        break;
      }
      case 3:
        if (entries.length > 1) entries.splice(at, 1);
        break;
      case 4:
        entries[at] = entry;
        break;
      case 5: {
        const own = entries[at] ?? entry;
        entries[at] = { ...own, body: entry.body };
        break;
      }
      case 6: {
        const segment = random.pick(segments);
        segments[random.below(segments.length)] = {
          ...segment,
          header: mutate(random, segment.header),
        };
        break;
      }
      default: {
        const column = random.pick(["number", "first"]);
        const segment = random.pick(segments);
        segments[random.below(segments.length)] = {
          ...segment,
          [column]: random.pick(numbers),
        };
      }
    }
  }
}

function check(seed: number, ground: Ground): void {
  const random = createRandom(seed);
  let listing: Listing;
  let expected = ground.whole;
  if (random.oneIn(512)) {
    listing = ground.readFile(mutate(random, ground.bytes));
  } else {
    const entries = [...ground.entries];
    const segments = [...ground.segments];
    changeRows(random, entries, segments);
    listing = ground.readRows(entries, segments);
  }
  // Who can write the file can cut off its newest end (see activity-log.ts).
  const [newest] = listing.told;
  if (newest !== undefined) {
    const from = expected.indexOf(newest);
    if (from < 0) throw new Error(`it tells ${newest}`);
    expected = expected.slice(from);
  }
  listing.told.forEach((told, index) => {
    if (told !== expected[index]) throw new Error(`it tells ${told}`);
  });
  const isEmpty = listing.told.length === 0;
  if (!listing.refused && !isEmpty && listing.told.length < expected.length) {
    throw new Error("it is not whole, and told as such");
  }
}

/** A log that was changed tells what was written, in order and without a gap, and is then refused (T19, T57). */
export const target: FuzzTarget = {
  name: "activity",
  testRuns: 5_000,
  async run(options) {
    const directory = mkdtempSync(join(tmpdir(), "assent-fuzz-"));
    try {
      const ground = createGround(directory);
      return await functionTarget<number>("activity", {
        make: (seed) => seed,
        check: (seed) => check(seed, ground),
      }).run(options);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};
