// SPDX-License-Identifier: Apache-2.0

import { isEqual } from "../crypto/derive.ts";
import {
  type ActivityEntry,
  ActivityError,
  type ActivityEvent,
} from "./activity.ts";
import type { BodyReader } from "./entry-body.ts";
import { type LogPlaces, linkOf } from "./entry-place.ts";
import { damaged } from "./log-failure.ts";
import type { Anchor, LogFile, StoredEntry } from "./log-file.ts";

/** What is read, and how far. */
export interface ChainToRead {
  readonly path: string;
  readonly file: LogFile;
  readonly places: LogPlaces;
  /** The newest entry, as this process knows it. */
  readonly head: Anchor;
  readonly openSegment: (
    segment: number,
    header: Uint8Array,
    entries: number,
  ) => BodyReader;
}

/**
 * Entries from the newest back to the oldest that is kept, verified segment by
 * segment: no sequence is missing, each link follows from the one before, each
 * body opens in its place, and what was dropped at the old end is what an
 * entry of the log itself says was dropped.
 *
 * @throws ActivityError "corrupt" while iterating, at the first that does not verify
 */
export function* readChain(chain: ChainToRead): Generator<ActivityEntry> {
  const { path, file, head } = chain;
  const start = file.anchor();
  let next = head;
  let dropped: ActivityEvent | undefined;
  for (;;) {
    const anchor = file.anchor();
    // At the old end, which may have moved up while we were reading.
    if (next.sequence <= anchor.sequence) break;
    const { entries, previous } = verifySegment(chain, next, anchor);
    for (const entry of openEntries(chain, entries, previous)) {
      if (entry.event.kind === "pruned") dropped ??= entry.event;
      yield entry;
    }
    next = previous;
  }
  if (start.sequence === 0 || next.sequence !== start.sequence) return;
  const link = Buffer.from(start.link).toString("base64url");
  if (dropped?.["through"] !== start.sequence || dropped["link"] !== link) {
    throw changed(path, start.sequence);
  }
}

interface VerifiedSegment {
  readonly entries: readonly StoredEntry[];
  /** What the first of them is chained to. */
  readonly previous: Anchor;
}

/** The entries of one segment that end with `last`. */
function verifySegment(
  { path, file, places }: ChainToRead,
  last: Anchor,
  anchor: Anchor,
): VerifiedSegment {
  const number = file.entry(last.sequence)?.segment;
  const segment = number === undefined ? undefined : file.segment(number);
  // One that began after its last entry would be read for ever.
  if (segment === undefined || segment.first > last.sequence) {
    throw changed(path, last.sequence);
  }
  const entries = file.entriesOf(segment.number, last.sequence);
  const first = Math.max(segment.first, anchor.sequence + 1);
  const before = first - 1;
  const link =
    before === anchor.sequence ? anchor.link : file.entry(before)?.link;
  if (link === undefined) throw changed(path, before);
  let expected = first;
  let previous = link;
  for (const entry of entries) {
    if (entry.sequence !== expected || entry.segment !== segment.number) {
      throw changed(path, expected);
    }
    previous = linkOf(places.of(entry, previous), entry.body);
    if (!isEqual(previous, entry.link)) throw changed(path, expected);
    expected += 1;
  }
  if (expected !== last.sequence + 1 || !isEqual(previous, last.link)) {
    throw changed(path, last.sequence);
  }
  return { entries, previous: { sequence: before, link } };
}

/** Newest first. */
function* openEntries(
  { path, file, places, openSegment }: ChainToRead,
  entries: readonly StoredEntry[],
  previous: Anchor,
): Generator<ActivityEntry> {
  const last = entries.at(-1);
  const segment = last === undefined ? undefined : file.segment(last.segment);
  if (last === undefined || segment === undefined) return;
  const count = last.sequence - segment.first + 1;
  using reader = orChanged(path, last.sequence, () =>
    openSegment(segment.number, segment.header, count),
  );
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at];
    const link = entries[at - 1]?.link ?? previous.link;
    if (entry === undefined) continue;
    const index = entry.sequence - segment.first;
    yield orChanged(path, entry.sequence, () => {
      const place = places.of(entry, link);
      const text = reader.read(index, place, entry.body);
      const [atMs, event] = JSON.parse(text) as [number, ActivityEvent];
      return { sequence: BigInt(entry.sequence), atMs, event };
    });
  }
}

function orChanged<T>(path: string, sequence: number, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof ActivityError) throw error;
    throw changed(path, sequence);
  }
}

function changed(path: string, sequence: number): ActivityError {
  return damaged(path, `it was changed at entry ${sequence}`);
}
