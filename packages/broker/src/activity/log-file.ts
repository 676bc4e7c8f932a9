// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { type EntryHead, linkLength } from "./entry-place.ts";
import { openLogDatabase } from "./log-database.ts";
import { CorruptRow, toActivityError } from "./log-failure.ts";

/*
 * The file of a log: SQLite in WAL mode, held by this process alone.
 *
 * An ordinary entry is on its way to the disk when it counts as stored
 * (synchronous=NORMAL): it survives the end of the broker, not always a power
 * cut. A decision is on the disk (FULL), and with it, as the WAL is written in
 * order, everything before it. What a power cut takes is thus the newest
 * Requests at most, and never the grant that they were made under.
 */

/** An entry as it is stored. */
export interface StoredEntry extends EntryHead {
  readonly body: Uint8Array;
  readonly link: Uint8Array;
}

/** A run of entries under one start of keys. */
export interface StoredSegment {
  readonly number: number;
  /** Sequence of its first entry, also when that was dropped since. */
  readonly first: number;
  readonly header: Uint8Array;
}

/** The last entry that was dropped for its age; sequence 0: none was. */
export interface Anchor {
  readonly sequence: number;
  readonly link: Uint8Array;
}

/** What one write brings; all of it is stored, or nothing. */
export interface LogWrite {
  readonly entry: StoredEntry;
  /** The entry begins this segment. */
  readonly segment?: StoredSegment;
  /** Drop everything up to here. */
  readonly anchor?: Anchor;
  /** On the disk when it returns. */
  readonly isDurable: boolean;
}

/** The file of one log. Every method throws ActivityError. */
export interface LogFile {
  anchor(): Anchor;
  last(): StoredEntry | undefined;
  entry(sequence: number): StoredEntry | undefined;
  segment(number: number): StoredSegment | undefined;
  lastSegment(): number;
  /** Entries of a segment up to and with `last`, in order. */
  entriesOf(segment: number, last: number): readonly StoredEntry[];
  /** The first entry of this day or a later one. */
  firstSince(day: number): number | undefined;
  /** How much there is of each class. */
  use(): readonly {
    readonly class: number;
    readonly entries: number;
    readonly bytes: number;
  }[];
  write(change: LogWrite): void;
  close(): void;
}

/**
 * Open the file of a log, or make it. `origin` is what the first entry of a
 * new log is chained to.
 *
 * @throws ActivityError
 */
export function openLogFile(
  path: string,
  name: string,
  origin: Uint8Array,
): LogFile {
  const database = openLogDatabase(path, name, origin);
  try {
    return fileOf(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
}

function fileOf(database: DatabaseSync, path: string): LogFile {
  const guard = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      throw toActivityError(error, path);
    }
  };
  const prepare = (sql: string) => guard(() => database.prepare(sql));
  const anchor = prepare("SELECT anchor_sequence, anchor_link FROM log");
  const last = prepare("SELECT * FROM entry ORDER BY sequence DESC LIMIT 1");
  const one = prepare("SELECT * FROM entry WHERE sequence = ?");
  const segment = prepare("SELECT * FROM segment WHERE number = ?");
  const newest = prepare(
    "SELECT ifnull(max(number), 0) AS number FROM segment",
  );
  const entries = prepare(
    `SELECT entry.* FROM segment JOIN entry ON sequence BETWEEN first AND ?2
     WHERE number = ?1 ORDER BY sequence`,
  );
  const since = prepare(
    "SELECT sequence FROM entry WHERE day >= ? ORDER BY sequence LIMIT 1",
  );
  const use = prepare(
    "SELECT class, count(*) AS entries, sum(length(body)) AS bytes FROM entry GROUP BY class",
  );
  const insert = prepare("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)");
  const begin = prepare("INSERT INTO segment VALUES (?, ?, ?)");
  const dropEntries = prepare("DELETE FROM entry WHERE sequence <= ?");
  const dropSegments = prepare(
    "DELETE FROM segment WHERE number NOT IN (SELECT segment FROM entry)",
  );
  const setAnchor = prepare(
    "UPDATE log SET anchor_sequence = ?, anchor_link = ?",
  );

  const insertEntry = ({ entry }: LogWrite) =>
    insert.run(
      entry.sequence,
      entry.segment,
      entry.day,
      entry.class,
      entry.body,
      entry.link,
    );
  const writeAll = (change: LogWrite) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const began = change.segment;
      if (began !== undefined)
        begin.run(began.number, began.first, began.header);
      insertEntry(change);
      if (change.anchor !== undefined) {
        dropEntries.run(change.anchor.sequence);
        dropSegments.run();
        setAnchor.run(change.anchor.sequence, change.anchor.link);
      }
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };

  return {
    anchor: () =>
      guard(() => {
        const row = anchor.get();
        return {
          sequence: numberIn(row, "anchor_sequence"),
          link: linkIn(row, "anchor_link"),
        };
      }),
    last: () => guard(() => toEntry(last.get())),
    entry: (sequence) => guard(() => toEntry(one.get(sequence))),
    segment: (wanted) =>
      guard(() => {
        const row = segment.get(wanted);
        return row === undefined
          ? undefined
          : {
              number: numberIn(row, "number"),
              first: numberIn(row, "first"),
              header: bytesIn(row, "header"),
            };
      }),
    lastSegment: () => guard(() => numberIn(newest.get(), "number")),
    entriesOf: (wanted, upTo) =>
      guard(() =>
        entries.all(wanted, upTo).flatMap((row) => toEntry(row) ?? []),
      ),
    firstSince: (day) =>
      guard(() => {
        const row = since.get(day);
        return row === undefined ? undefined : numberIn(row, "sequence");
      }),
    use: () =>
      guard(() =>
        use.all().map((row) => ({
          class: numberIn(row, "class"),
          entries: numberIn(row, "entries"),
          bytes: numberIn(row, "bytes"),
        })),
      ),
    write: (change) =>
      guard(() => {
        if (change.isDurable) database.exec("PRAGMA synchronous = FULL");
        try {
          if (change.segment ?? change.anchor) writeAll(change);
          else insertEntry(change);
        } finally {
          if (change.isDurable) database.exec("PRAGMA synchronous = NORMAL");
        }
      }),
    close: () => guard(() => database.close()),
  };
}

type Row = Readonly<Record<string, unknown>> | undefined;

function toEntry(row: Row): StoredEntry | undefined {
  return row === undefined
    ? undefined
    : {
        sequence: numberIn(row, "sequence"),
        segment: numberIn(row, "segment"),
        day: numberIn(row, "day"),
        class: numberIn(row, "class"),
        body: bytesIn(row, "body"),
        link: linkIn(row, "link"),
      };
}

// STRICT tables hold these types; what does not was changed from outside.
function numberIn(row: Row, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new CorruptRow(column);
  return value;
}

function bytesIn(row: Row, column: string): Uint8Array {
  const value = row?.[column];
  if (!(value instanceof Uint8Array)) throw new CorruptRow(column);
  return value;
}

function linkIn(row: Row, column: string): Uint8Array {
  const link = bytesIn(row, column);
  if (link.length !== linkLength) throw new CorruptRow(column);
  return link;
}
