// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemRandom } from "../crypto/random.ts";
import { copySecret } from "../crypto/secret.ts";
import { readLockedAccount } from "./native-account.ts";
import { openNativeFile } from "./native-file.ts";
import { FileRefusal } from "./native-refusal.ts";
import { schema, schemaVersion } from "./native-schema.ts";
import { openSlot } from "./native-slot.ts";
import { openNativeStore } from "./native-store.ts";

// Written by the version of Assent whose files were version 1.
const oldest = join(import.meta.dirname, "../../test/fixtures/account-v1.db");
const id = "4qix52eomgdwpv42z6nhbekcdm";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-migration-"));
  path = join(directory, `${id}.db`);
  putOldest();
});

afterEach(() => rmSync(directory, { recursive: true }));

function putOldest(): void {
  for (const suffix of ["-wal", "-shm", "-journal"]) {
    rmSync(path + suffix, { force: true });
  }
  copyFileSync(oldest, path);
  chmodSync(path, 0o600);
}

function look(): { version: number; statements: string[] } {
  using database = new DatabaseSync(path, { readOnly: true });
  const statements = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    .all()
    .map(({ sql }) => String(sql));
  const row = database.prepare("PRAGMA user_version").get();
  return { version: Number(row?.["user_version"]), statements };
}

/** Every value of the account, which is verified as a whole. */
function values(): string[] {
  const file = openNativeFile(path);
  const { row, slots } = readLockedAccount(file, id);
  using key = copySecret(new Uint8Array(32).fill(7));
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  using accountKey = slots[0] && openSlot(slots[0], binding, key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  const facts = { now: () => 0, random: systemRandom };
  const store = openNativeStore(file, accountKey.bytes, facts);
  const found = store.vaults().flatMap((vault) =>
    store.items(vault.id).map(({ overview }) => {
      using opened = store.read(overview.id);
      return Buffer.from(opened.item.fields[0]?.value ?? []).toString();
    }),
  );
  store.lock();
  file.close();
  return found;
}

const whole = ["one", "three", "two"].flatMap((title) => [
  `Dev/${title}`,
  `Ops/${title}`,
]);

function expectMigrated(): void {
  expect(values().sort()).toEqual(whole.toSorted());
  const { version, statements } = look();
  expect(version).toBe(schemaVersion);
  expect(statements.toSorted()).toEqual(schema.toSorted());
}

test("a file of the first version is migrated when it is opened, and all that is in it is there", () => {
  expect(look().version).toBe(1);
  expectMigrated();
  expectMigrated();
});

test("a file of the second version, which has no place for files, gets one", () => {
  openNativeFile(path).close();
  using database = new DatabaseSync(path);
  database.exec("DROP TABLE chunk; PRAGMA user_version = 2");
  database.close();
  expectMigrated();
});

test("a migration begins with what it is told to do before, on the file as it was", () => {
  const backup = join(directory, "backup");
  let told = 0;
  const beforeMigration = (file: { copyTo(to: string): void }) => {
    told += 1;
    file.copyTo(backup);
  };
  openNativeFile(path, { beforeMigration }).close();
  openNativeFile(path, { beforeMigration }).close();
  expect(told).toBe(1);
  copyFileSync(backup, path);
  expect(look().version).toBe(1);
  expectMigrated();
});

test("without its backup there is no migration, and the file is as it was", () => {
  const before = readFileSync(path);
  const beforeMigration = (file: { copyTo(to: string): void }) =>
    file.copyTo(join(directory, "nowhere", "backup"));
  expect(() => openNativeFile(path, { beforeMigration })).toThrow(FileRefusal);
  expect(look().version).toBe(1);
  expect(before.length).toBe(readFileSync(path).length);
  expectMigrated();
});

test("tables of another version than the file says are refused", () => {
  const alter = (sql: string) => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  alter(`PRAGMA user_version = ${schemaVersion}`);
  expect(() => openNativeFile(path)).toThrow(/damaged/);
  alter("PRAGMA user_version = 0");
  expect(() => openNativeFile(path)).toThrow(/damaged/);
  alter("PRAGMA user_version = 1");
  expectMigrated();
});

// Opens the file, and ends itself at the statement that is named.
const opener = `
  const [, path, at, where, here] = process.argv;
  const { DatabaseSync } = await import("node:sqlite");
  const { exec } = DatabaseSync.prototype;
  let count = 0;
  DatabaseSync.prototype.exec = function (sql) {
    const last = count++ === Number(at);
    if (last && where === "before") process.kill(process.pid, "SIGKILL");
    exec.call(this, sql);
    if (last) process.kill(process.pid, "SIGKILL");
  };
  const { openNativeFile } = await import(new URL("./native-file.ts", here));
  openNativeFile(path);`;

test("a migration that is killed before or after any of its statements leaves one version whole, and opening again finishes it (T36)", () => {
  const seen = new Set<number>();
  let isOver = false;
  for (let at = 0; !isOver; at++) {
    for (const where of ["before", "after"]) {
      putOldest();
      const child = spawnSync(process.execPath, [
        "--input-type=module",
        "-e",
        opener,
        path,
        String(at),
        where,
        import.meta.url,
      ]);
      if (child.status === 0) isOver = true;
      else expect(child.signal).toBe("SIGKILL");
      // Looking recovers the log, as the next broker would.
      if (existsSync(`${path}-wal`)) chmodSync(`${path}-wal`, 0o600);
      expectMigratedFrom(seen);
    }
    expect(at).toBeLessThan(40);
  }
  expect([...seen].sort()).toEqual([1, schemaVersion]);
});

function expectMigratedFrom(seen: Set<number>): void {
  const left = join(directory, "left");
  for (const suffix of ["", "-wal"]) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, left + suffix);
    else rmSync(left + suffix, { force: true });
  }
  using database = new DatabaseSync(left);
  const row = database.prepare("PRAGMA user_version").get();
  seen.add(Number(row?.["user_version"]));
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({
    integrity_check: "ok",
  });
  expectMigrated();
}
