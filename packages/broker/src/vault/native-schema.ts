// SPDX-License-Identifier: Apache-2.0

/*
 * One account is one database file. In clear are: the account's id and name,
 * the kinds and parameters of its slots, the public half of its log key, and
 * how many rows there are, their ids, revisions and sizes. Everything else is
 * sealed (see native-keys.ts), and all rows together are authenticated (see
 * native-ledger.ts); chunks of files by the item that they belong to.
 */

/** "ASNT": marks a database as one of ours. */
export const applicationId = 0x41534e54;

/**
 * Raised when the tables change; a file of a later version is refused, one of
 * an earlier version is migrated (native-migration.ts).
 */
export const schemaVersion = 3;

/** Since version 2: without it, deleting a vault looks through all items. */
export const itemByVault = "CREATE INDEX item_by_vault ON item (vault)";

/** Since version 3: the content of files, sealed (native-content.ts). */
export const chunkTable = `CREATE TABLE chunk (
  item TEXT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  file TEXT NOT NULL,
  position INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (item, file, position)
) STRICT`;

/** One statement for each table and index. A file that reads otherwise is refused. */
export const schema: readonly string[] = [
  `CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  key_epoch INTEGER NOT NULL,
  revision_epoch INTEGER NOT NULL,
  log_public BLOB NOT NULL,
  log_private BLOB NOT NULL,
  state BLOB NOT NULL
) STRICT`,
  `CREATE TABLE slot (
  id TEXT NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  parameters TEXT NOT NULL,
  commitment BLOB NOT NULL,
  public BLOB NOT NULL,
  box BLOB NOT NULL
) STRICT`,
  `CREATE TABLE vault (
  id TEXT NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL,
  key BLOB NOT NULL,
  description BLOB NOT NULL
) STRICT`,
  `CREATE TABLE item (
  id TEXT NOT NULL PRIMARY KEY,
  vault TEXT NOT NULL REFERENCES vault (id),
  revision INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  overview BLOB NOT NULL,
  key BLOB NOT NULL,
  detail BLOB NOT NULL
) STRICT`,
  itemByVault,
  chunkTable,
];
