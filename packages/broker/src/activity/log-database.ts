// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from "node:sqlite";
import { damaged, toActivityError } from "./log-failure.ts";
import { ensurePrivateFile } from "./private-file.ts";

const applicationId = 0x4153_4c47;
const schemaVersion = 1;

const schema = `
  CREATE TABLE log (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL,
    anchor_sequence INTEGER NOT NULL,
    anchor_link BLOB NOT NULL
  ) STRICT;
  CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    header BLOB NOT NULL
  ) STRICT;
  CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    day INTEGER NOT NULL,
    class INTEGER NOT NULL,
    body BLOB NOT NULL,
    link BLOB NOT NULL
  ) STRICT;
  CREATE INDEX entry_use ON entry (class, length(body));
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Open the database of a log, or make it, 0600, for this process alone. `name`
 * says whose log it is, `origin` what the first entry of a new one is chained to.
 *
 * @throws ActivityError
 */
export function openLogDatabase(
  path: string,
  name: string,
  origin: Uint8Array,
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    ensurePrivateFile(path);
    database = new DatabaseSync(path);
    prepareDatabase(database, path, name, origin);
    return database;
  } catch (error) {
    database?.close();
    throw toActivityError(error, path);
  }
}

function prepareDatabase(
  database: DatabaseSync,
  path: string,
  name: string,
  origin: Uint8Array,
): void {
  const pragma = (key: string) =>
    database.prepare(`PRAGMA ${key}`).get()?.[key];
  const isEmpty = () =>
    database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.[
      "tables"
    ] === 0;
  const isOurs = () =>
    pragma("application_id") === applicationId &&
    pragma("user_version") === schemaVersion;
  // What is not ours is told before anything is set, which would change it.
  database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF");
  if (!isEmpty() && !isOurs()) {
    throw damaged(path, "it is not an activity log of this version");
  }
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    BEGIN EXCLUSIVE;
  `);
  if (isEmpty()) {
    database.exec(schema);
    database.prepare("INSERT INTO log VALUES (1, ?, 0, ?)").run(name, origin);
  }
  const log = database.prepare("SELECT name FROM log").get();
  if (log?.["name"] !== name) {
    throw damaged(path, "it is the log of something else");
  }
  database.exec("COMMIT; PRAGMA synchronous = NORMAL");
}
