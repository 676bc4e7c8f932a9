// SPDX-License-Identifier: Apache-2.0
import {
  type ActivityEntry,
  ActivityError,
  type ActivityEvent,
  type ActivityLog,
} from "./activity.ts";
import { readChain } from "./chain-reader.ts";
import type { BodyFormat, BodyWriter } from "./entry-body.ts";
import {
  classNumbered,
  classOf,
  type EntryClass,
  numberOf,
} from "./entry-class.ts";
import { type LogPlaces, linkOf, placesOf } from "./entry-place.ts";
import { damaged } from "./log-failure.ts";
import { type Anchor, type LogFile, openLogFile } from "./log-file.ts";
import { defaultQuotas, type Quotas, Tally } from "./tally.ts";

/** What a log is made of. */
export interface ChainedLogOptions {
  readonly file: string;
  /** Whose log it is; part of every entry's place. */
  readonly name: string;
  readonly bodies: BodyFormat;
  readonly quotas?: Quotas | undefined;
}

/** Entries of one segment: bounds what reading holds at once. */
const segmentEntries = 1_024;
/** More than one, so that they never pile up; few, as a call may be waiting. */
const countsPerAppend = 8;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * A log in a file of its own. Opening it begins a new segment, chained to the
 * last entry. What is in the file is verified when it is read, not here: a
 * damaged past must not keep the present from being written down.
 *
 * @throws ActivityError
 */
export function openChainedLog(options: ChainedLogOptions): ActivityLog {
  return new ChainedLog(options);
}

interface Segment {
  readonly number: number;
  readonly writer: BodyWriter;
  entries: number;
}

class ChainedLog implements ActivityLog {
  readonly #path: string;
  readonly #file: LogFile;
  readonly #bodies: BodyFormat;
  readonly #places: LogPlaces;
  readonly #tally: Tally;
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  /** Sequence and link of the newest entry, or of what was pruned last. */
  #head: Anchor;
  #segment: Segment | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor({ file, name, bodies, quotas }: ChainedLogOptions) {
    this.#path = file;
    this.#bodies = bodies;
    this.#places = placesOf(name);
    this.#file = openLogFile(file, name, this.#places.origin);
    this.#tally = new Tally(quotas ?? defaultQuotas);
    try {
      this.#head = this.#findHead();
      this.#countUse();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  append(event: ActivityEvent, atMs: number): void {
    this.#assertOpen();
    const text = toText(event);
    const entryClass = classOf(event.kind);
    assertTime(atMs);
    this.#tally.collect(atMs);
    this.#storeCounts(countsPerAppend);
    if (!this.#tally.admit(entryClass, text, atMs)) return;
    const bytes = this.#store(entryClass, event, text, atMs);
    this.#tally.stored(entryClass, event, text, bytes);
  }

  read(privateKey: Uint8Array): Iterable<ActivityEntry> {
    this.#assertOpen();
    const openSegment = this.#bodies.reader(privateKey);
    this.#storeAllCounts();
    return readChain({
      path: this.#path,
      file: this.#file,
      places: this.#places,
      head: this.#head,
      openSegment,
    });
  }

  follow(listener: (entry: ActivityEntry) => void): () => void {
    this.#assertOpen();
    // What was counted before is not news.
    this.#storeAllCounts();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  prune(beforeMs: number): void {
    this.#assertOpen();
    assertTime(beforeMs);
    const before = this.#file.firstSince(Math.floor(beforeMs / dayMs));
    const through = before === undefined ? this.#head.sequence : before - 1;
    if (through <= this.#file.anchor().sequence) return;
    const link =
      through === this.#head.sequence
        ? this.#head.link
        : this.#file.entry(through)?.link;
    if (link === undefined) throw damaged(this.#path, "an entry is missing");
    const event = {
      kind: "pruned",
      through,
      link: Buffer.from(link).toString("base64url"),
    };
    const anchor = { sequence: through, link };
    const atMs = Math.max(this.#lastMs, beforeMs);
    this.#store("decision", event, toText(event), atMs, anchor);
    this.#countUse();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#storeAllCounts();
    this.#isClosed = true;
    this.#endSegment();
    this.#listeners.clear();
    this.#file.close();
  }

  /** Returns the bytes of the body. */
  #store(
    entryClass: EntryClass,
    event: ActivityEvent,
    text: string,
    atMs: number,
    anchor?: Anchor,
  ): number {
    const sequence = this.#head.sequence + 1;
    const isNew =
      this.#segment === undefined || this.#segment.entries >= segmentEntries;
    if (isNew) this.#endSegment();
    const segment = this.#segment ?? this.#beginSegment();
    const head = {
      sequence,
      segment: segment.number,
      day: Math.floor(atMs / dayMs),
      class: numberOf(entryClass),
    };
    const place = this.#places.of(head, this.#head.link);
    const { header } = segment.writer;
    try {
      const body = segment.writer.write(place, `[${atMs},${text}]`);
      const link = linkOf(place, body);
      this.#file.write({
        entry: { ...head, body, link },
        ...(isNew
          ? { segment: { number: segment.number, first: sequence, header } }
          : {}),
        ...(anchor === undefined ? {} : { anchor }),
        isDurable: entryClass === "decision",
      });
      segment.entries += 1;
      this.#head = { sequence, link };
      this.#lastMs = atMs;
      this.#tell({ sequence: BigInt(sequence), atMs, event });
      return body.length;
    } catch (error) {
      // The key is used up, and must not seal another text in this place.
      this.#endSegment();
      throw error;
    }
  }

  #storeCounts(most: number): void {
    for (let stored = 0; stored < most; stored += 1) {
      const count = this.#tally.due();
      if (count === undefined) return;
      const { entryClass, event, atMs } = count;
      this.#tally.settle(this.#store(entryClass, event, toText(event), atMs));
    }
  }

  #storeAllCounts(): void {
    this.#tally.collect();
    try {
      this.#storeCounts(Number.POSITIVE_INFINITY);
    } catch (error) {
      // They stay due. A full disk must not keep anybody from reading (T36).
      if (!(error instanceof ActivityError)) throw error;
    }
  }

  #beginSegment(): Segment {
    const number = this.#file.lastSegment() + 1;
    const writer = this.#bodies.write(number);
    this.#segment = { number, writer, entries: 0 };
    return this.#segment;
  }

  #endSegment(): void {
    this.#segment?.writer[Symbol.dispose]();
    this.#segment = undefined;
  }

  #findHead(): Anchor {
    const anchor = this.#file.anchor();
    const last = this.#file.last();
    if (last === undefined) return anchor;
    if (last.sequence <= anchor.sequence) {
      throw damaged(this.#path, "it was changed");
    }
    return { sequence: last.sequence, link: last.link };
  }

  #countUse(): void {
    const use = new Map(this.#file.use().map((one) => [one.class, one]));
    for (let number = 0; classNumbered(number) !== undefined; number += 1) {
      const { entries, bytes } = use.get(number) ?? { entries: 0, bytes: 0 };
      const entryClass = classNumbered(number);
      if (entryClass) this.#tally.setUse(entryClass, entries, bytes);
    }
  }

  #tell(entry: ActivityEntry): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(entry);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new ActivityError("closed", "the activity log is closed");
    }
  }
}

function toText(event: ActivityEvent): string {
  try {
    return JSON.stringify(event);
  } catch {
    throw new ActivityError("invalid", "the event is not plain JSON");
  }
}

function assertTime(ms: number): void {
  if (!Number.isSafeInteger(Math.floor(ms))) {
    throw new ActivityError("invalid", "the time is no number");
  }
}
