// SPDX-License-Identifier: Apache-2.0
import type { ActivityEvent } from "./activity.ts";
import type { EntryClass } from "./entry-class.ts";

/*
 * What a program can cause at will must neither fill the disk nor push older
 * entries out of the log. Within a minute, an event just like one that was
 * stored is only counted, and so is what exceeds the number of different ones;
 * in all, a class has room for so much and no more until old entries are
 * dropped. Counts are stored when their minute is over, or when somebody
 * looks. Nothing of the past is ever given up for the new (T57).
 */

/** The room of one class. */
export interface Quota {
  /** Different events stored within a minute; more are counted. */
  readonly different: number;
  /** Entries in the log. */
  readonly entries: number;
  /** Bytes of their bodies in the log. */
  readonly bytes: number;
}

/** Quotas by class. `decision` has none. */
export type Quotas = Readonly<Record<Exclude<EntryClass, "decision">, Quota>>;

const mebibyte = 1024 * 1024;

/** A program that never stops asking the same takes a month to use them up. 76 MiB at most. */
export const defaultQuotas: Quotas = {
  request: { different: 1_000, entries: 100_000, bytes: 64 * mebibyte },
  refusal: { different: 50, entries: 5_000, bytes: 4 * mebibyte },
  prompt: { different: 100, entries: 10_000, bytes: 8 * mebibyte },
};

/** A count that is due to be stored as an event. */
export interface DueCount {
  readonly entryClass: EntryClass;
  readonly event: ActivityEvent;
  readonly atMs: number;
}

interface Repeat {
  readonly entryClass: EntryClass;
  readonly event: ActivityEvent;
  more: number;
  lastMs: number;
}

interface Omission {
  count: number;
  lastMs: number;
}

interface Use {
  entries: number;
  bytes: number;
}

/** Keeps count of the classes that have a quota. */
export class Tally {
  readonly #quotas: Quotas;
  readonly #use = new Map<EntryClass, Use>();
  readonly #repeats = new Map<string, Repeat>();
  readonly #different = new Map<EntryClass, number>();
  readonly #omissions = new Map<EntryClass, Omission>();
  readonly #due: DueCount[] = [];
  #minute: number | undefined;

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  /** What the log holds of a class now. */
  setUse(entryClass: EntryClass, entries: number, bytes: number): void {
    this.#use.set(entryClass, { entries, bytes });
  }

  /** Whether to store the event; else it is counted. `text` is the whole of it. */
  admit(entryClass: EntryClass, text: string, atMs: number): boolean {
    if (entryClass === "decision") return true;
    const repeat = this.#repeats.get(text);
    if (repeat !== undefined) {
      repeat.more += 1;
      repeat.lastMs = atMs;
      return false;
    }
    const quota = this.#quotas[entryClass];
    const { entries = 0, bytes = 0 } = this.#use.get(entryClass) ?? {};
    const different = this.#different.get(entryClass) ?? 0;
    const hasRoom = entries < quota.entries && bytes < quota.bytes;
    if (hasRoom && different < quota.different) return true;
    const omission = this.#omissions.get(entryClass) ?? { count: 0, lastMs: 0 };
    omission.count += 1;
    omission.lastMs = atMs;
    this.#omissions.set(entryClass, omission);
    return false;
  }

  /** The event was stored, in so many bytes. */
  stored(
    entryClass: EntryClass,
    event: ActivityEvent,
    text: string,
    bytes: number,
  ): void {
    if (entryClass === "decision") return;
    this.#addUse(entryClass, bytes);
    const different = this.#different.get(entryClass) ?? 0;
    this.#different.set(entryClass, different + 1);
    this.#repeats.set(text, { entryClass, event, more: 0, lastMs: 0 });
  }

  /**
   * Make the counts of a minute that is over due; all of them, when no time is
   * given.
   */
  collect(atMs?: number): void {
    const minute = atMs === undefined ? undefined : Math.floor(atMs / 60_000);
    if (minute !== undefined && minute === this.#minute) return;
    this.#makeDue();
    if (minute === undefined) return;
    this.#minute = minute;
    this.#repeats.clear();
    this.#different.clear();
  }

  /** A count to be stored. It stays due until `settle`. */
  due(): DueCount | undefined {
    return this.#due[0];
  }

  /** What was due is stored, in so many bytes. */
  settle(bytes: number): void {
    const settled = this.#due.shift();
    if (settled !== undefined) this.#addUse(settled.entryClass, bytes);
  }

  #addUse(entryClass: EntryClass, bytes: number): void {
    const use = this.#use.get(entryClass) ?? { entries: 0, bytes: 0 };
    this.setUse(entryClass, use.entries + 1, use.bytes + bytes);
  }

  #makeDue(): void {
    for (const repeat of this.#repeats.values()) {
      if (repeat.more === 0) continue;
      const { entryClass, lastMs: atMs, more: repeated } = repeat;
      const event = { ...repeat.event, repeated };
      this.#due.push({ entryClass, event, atMs });
      repeat.more = 0;
    }
    for (const [entryClass, { count, lastMs: atMs }] of this.#omissions) {
      const event = { kind: "omitted", of: entryClass, count };
      this.#due.push({ entryClass, event, atMs });
    }
    this.#omissions.clear();
  }
}
