// SPDX-License-Identifier: Apache-2.0
import { lstatSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createMark, type RevisionMark } from "./native-mark.ts";
import { migrate, schemaOf } from "./native-migration.ts";
import {
  checkAccountFile,
  createOwnFile,
  refuseVersion,
  syncDirectory,
  syncFile,
} from "./native-path.ts";
import {
  busyFile,
  corruptFile,
  toFileRefusal,
  translated,
} from "./native-refusal.ts";
import { createRows, type NativeRows } from "./native-rows.ts";
import { applicationId, schema, schemaVersion } from "./native-schema.ts";

/**
 * The open file of one account. It is ours alone until closed: the lock is
 * SQLite's own, held by this process and dropped by the system when it ends
 * (T38). The only file that knows node:sqlite's ways.
 */
export interface NativeFile {
  readonly path: string;
  readonly rows: NativeRows;
  /** What is kept beside the file, so that an older one is told (T37). */
  readonly mark: RevisionMark;
  /**
   * All of it or nothing, durable when it returns.
   *
   * @throws StoreError "storage" or "corrupt"; then nothing was changed.
   */
  transaction<T>(change: () => T): T;
  /** Bring the write-ahead log into the file, and empty it. @throws StoreError */
  checkpoint(): void;
  /**
   * Write all of it, as it was last committed, to a file that does not exist
   * yet: the user's alone, whole and durable when this returns.
   *
   * @throws FileRefusal about that file; then there is none.
   */
  copyTo(path: string): void;
  /** Closing twice is allowed. */
  close(): void;
}

/** A file of this process that is open is not opened again: see checkAccountFile. */
const openFiles = new Set<string>();

/** How a file is opened. */
export interface FileOptions {
  /** The file grows to this many pages at most, as if the disk was full then. */
  readonly mostPages?: number;
  /** Told before a file of an earlier version is migrated. When it throws, it is not. */
  readonly beforeMigration?: (file: Pick<NativeFile, "copyTo">) => void;
}

/**
 * Open the file of an account, and migrate it if an earlier version wrote it.
 * It must be whole and the user's alone.
 *
 * @throws FileRefusal
 */
export function openNativeFile(
  path: string,
  options: FileOptions = {},
): NativeFile {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (openFiles.has(identity)) throw busyFile(path);
    checkAccountFile(path);
    const database = connect(path);
    try {
      const version = refuseDamage(database, path);
      if (version !== schemaVersion) {
        options.beforeMigration?.({ copyTo: (to) => copyTo(database, to) });
        migrate(database, version);
      }
      const { mostPages } = options;
      if (mostPages !== undefined) {
        database.exec(`PRAGMA max_page_count = ${mostPages}`);
      }
      const rows = createRows(database);
      openFiles.add(identity);
      return nativeFile(path, database, rows, () => {
        openFiles.delete(identity);
      });
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw toFileRefusal(error, path);
  }
}

/**
 * Make a file with empty tables, filled in one transaction, and close it. Only
 * the user can read it from the first moment on.
 *
 * @throws FileRefusal when there is such a file, or it cannot be written.
 */
export function createNativeFile(
  path: string,
  fill: (rows: NativeRows) => void,
): void {
  try {
    createOwnFile(path);
    const database = connect(path);
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const statement of schema) database.exec(statement);
      database.exec(`PRAGMA application_id = ${applicationId}`);
      database.exec(`PRAGMA user_version = ${schemaVersion}`);
      fill(createRows(database));
      database.exec("COMMIT");
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
  } catch (error) {
    throw toFileRefusal(error, path);
  }
}

/** Whether a process has the file open. Changes nothing. */
export function isFileBusy(path: string): boolean {
  try {
    using database = new DatabaseSync(path, { timeout: 0, readOnly: true });
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.prepare("SELECT sql FROM sqlite_schema").all();
    return false;
  } catch (error) {
    return toFileRefusal(error, path).failure === "busy";
  }
}

// locking_mode before journal_mode: the index of the log then stays in memory
// and nobody else can open the file.
function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: 0,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
    allowExtension: false,
  });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA trusted_schema = OFF");
    database.exec("PRAGMA secure_delete = ON");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

// The version. What cannot be read, or reads otherwise than it should, is refused.
function refuseDamage(database: DatabaseSync, path: string): number {
  const number = (pragma: string) =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const version = number("user_version");
  refuseVersion(number("application_id"), version, path);
  const found = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    .all()
    .map(({ sql }) => sql);
  const expected = schemaOf(version) ?? [];
  const same =
    found.length === expected.length &&
    expected.every((statement) => found.includes(statement));
  const check = database.prepare("PRAGMA quick_check(1)").get();
  if (!same || check?.["quick_check"] !== "ok") throw corruptFile(path);
  return version;
}

// SQLite reads one committed state and writes it anew, without what was
// deleted; a copy of the file's bytes would miss the log, or be torn.
function copyTo(database: DatabaseSync, path: string): void {
  let isMade = false;
  try {
    createOwnFile(path);
    isMade = true;
    database.prepare("VACUUM INTO ?").run(path);
    syncFile(path);
    syncDirectory(dirname(path));
  } catch (error) {
    if (isMade) rmSync(path, { force: true });
    throw toFileRefusal(error, path);
  }
}

function nativeFile(
  path: string,
  database: DatabaseSync,
  rows: NativeRows,
  closed: () => void,
): NativeFile {
  return {
    path,
    rows,
    mark: createMark(path),
    transaction(change) {
      translated(() => database.exec("BEGIN IMMEDIATE"));
      try {
        const result = change();
        translated(() => database.exec("COMMIT"));
        return result;
      } catch (error) {
        // SQLite has rolled back already when the disk was full.
        if (database.isTransaction) translated(() => database.exec("ROLLBACK"));
        throw error;
      }
    },
    checkpoint() {
      translated(() => database.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
    },
    copyTo: (to) => copyTo(database, to),
    close() {
      if (!database.isOpen) return;
      database.close();
      closed();
    },
  };
}
