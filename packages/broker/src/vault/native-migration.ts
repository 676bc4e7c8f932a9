// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import {
  chunkTable,
  itemByVault,
  schema,
  schemaVersion,
} from "./native-schema.ts";

/*
 * Files of earlier versions are brought up to date when they are opened, step
 * by step, in one transaction: a broker that is killed meanwhile leaves the
 * file as it was, and the next one begins again. No step needs a key, since
 * the account is still locked; what is sealed stays as it is. A file of a
 * later version is never touched.
 */

/** How a file of one version becomes one of the next. */
interface MigrationStep {
  /** Run in order. */
  readonly statements: readonly string[];
  /** The schema as it was before, exactly. */
  readonly before: readonly string[];
}

/** What each version added, beginning with the second. */
const added: readonly (readonly string[])[] = [[itemByVault], [chunkTable]];

/** The step from version 1 comes first. */
const steps: readonly MigrationStep[] = added.map((statements, at) => {
  const later = added.slice(at).flat();
  return {
    before: schema.filter((statement) => !later.includes(statement)),
    statements,
  };
});

/** What a file of this version holds, or undefined when there is no such version. */
export function schemaOf(version: number): readonly string[] | undefined {
  return version === schemaVersion ? schema : steps[version - 1]?.before;
}

/** Bring the tables up to date: all of it or nothing, durable when it returns. */
export function migrate(database: DatabaseSync, version: number): void {
  if (version >= schemaVersion) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const { statements } of steps.slice(version - 1)) {
      for (const statement of statements) database.exec(statement);
    }
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
