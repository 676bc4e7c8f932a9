// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import { isFileBusy, openNativeFile } from "./native-file.ts";
import { ensureOwnDirectory } from "./native-path.ts";
import { type FileFailure, FileRefusal } from "./native-refusal.ts";
import { schemaVersion } from "./native-schema.ts";

let directory: string;
let id: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-file-"));
  id = createId(systemRandom);
  path = join(directory, `${id}.db`);
  const salt = randomBytes(systemRandom, 16);
  const slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: { derivation: "hkdf-sha256", salt },
    key: randomKey(systemRandom),
  } as const;
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function refusal(use: () => unknown): FileRefusal {
  try {
    use();
  } catch (error) {
    if (error instanceof FileRefusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** The file is refused with one line that names it, and nothing is changed. */
function expectRefusal(failure: FileFailure, advice: RegExp): void {
  const before = snapshot();
  const refused = refusal(() => openNativeFile(path));
  expect(refused.failure).toBe(failure);
  expect(refused.message).toContain(path);
  expect(refused.message).toMatch(advice);
  expect(refused.message).not.toMatch(/\n/);
  expect(snapshot()).toEqual(before);
}

function snapshot(): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => {
      const file = join(directory, name);
      const { mode, size } = statSync(file);
      const content = statSync(file).isFile() ? readFileSync(file) : undefined;
      return [name, { mode, size, content }];
    }),
  );
}

function alter(sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

test("a new file is there whole, and only the user can read it", () => {
  expect(readdirSync(directory)).toEqual([`${id}.db`]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const file = openNativeFile(path);
  file.transaction(() => {
    const row = file.rows.account();
    if (row) file.rows.putAccount({ ...row, name: "Other" });
  });
  expect(readdirSync(directory)).toEqual([`${id}.db`, `${id}.db-wal`]);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  file.close();
  file.close();
  expect(readdirSync(directory)).toEqual([`${id}.db`]);
});

test("a copy holds all that was committed, also what is only in the log, and nothing of a change after it", () => {
  const file = openNativeFile(path);
  const rename = (name: string) =>
    file.transaction(() => {
      const row = file.rows.account();
      if (row) file.rows.putAccount({ ...row, name });
    });
  const copies = ["one", "two", "three"].map((name) => {
    rename(name);
    const copy = join(directory, `copy-${name}`);
    file.copyTo(copy);
    return { name, copy };
  });
  rename("four");
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  expect(file.rows.account()?.name).toBe("four");
  file.close();
  for (const { name, copy } of copies) {
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const opened = openNativeFile(copy);
    expect(opened.rows.account()?.name).toBe(name);
    opened.close();
  }
});

test("a copy is never written over another file, and none is left when it fails (T36)", () => {
  const file = openNativeFile(path);
  const taken = join(directory, "taken");
  writeFileSync(taken, "mine");
  const nowhere = join(directory, "nowhere", "copy");
  for (const to of [taken, nowhere]) {
    expect(refusal(() => file.copyTo(to)).failure).toBe("storage");
  }
  const change = () => file.copyTo(join(directory, "within"));
  expect(refusal(() => file.transaction(change)).failure).toBe("storage");
  expect(readFileSync(taken, "utf8")).toBe("mine");
  expect(existsSync(join(directory, "within"))).toBe(false);
  file.close();
});

test("a file is made once", () => {
  const before = snapshot();
  const slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: { derivation: "hkdf-sha256", salt: new Uint8Array(16) },
    key: randomKey(systemRandom),
  } as const;
  const again = () =>
    createNativeAccount(path, { id, name: "x", slot }, systemRandom);
  expect(refusal(again).failure).toBe("storage");
  expect(snapshot()).toEqual(before);
});

test("a file that others may read is refused (T37)", () => {
  for (const mode of [0o640, 0o604, 0o602, 0o666]) {
    chmodSync(path, mode);
    expectRefusal("unsafe", /chmod 600/);
  }
});

test("a log beside it that others may read is refused (T37)", () => {
  writeFileSync(`${path}-wal`, "", { mode: 0o644 });
  expectRefusal("unsafe", /chmod 600/);
});

test("a link is not followed (T37)", () => {
  const target = join(directory, "target");
  copyFileSync(path, target);
  rmSync(path);
  symlinkSync(target, path);
  expectRefusal("unsafe", /not a regular file/);
});

test("a directory or a pipe in place of a file is refused (T37)", () => {
  rmSync(path);
  mkdirSync(path, { mode: 0o700 });
  expectRefusal("unsafe", /not a regular file/);
  rmSync(path, { recursive: true });
  expect(spawnSync("mkfifo", ["-m", "600", path]).status).toBe(0);
  expectRefusal("unsafe", /not a regular file/);
});

test("another user's file is refused (T37)", () => {
  // Root can give one away; everybody else finds one of root's.
  if (process.getuid?.() === 0) chownSync(path, 65534, 65534);
  else path = "/etc/passwd";
  const refused = refusal(() => openNativeFile(path));
  expect(refused.failure).toBe("unsafe");
  expect(refused.message).toMatch(/belongs to another user/);
});

test("a file of a newer version is refused and not touched, also while it is only in the log", () => {
  const newer = schemaVersion + 1;
  alter(`PRAGMA user_version = ${newer}`);
  expectRefusal("unsupported", /newer version of Assent; install that/);
  alter(`PRAGMA user_version = ${schemaVersion}`);
  openNativeFile(path).close();
  // A process that is killed leaves the change in the log alone.
  const script = `
    const { DatabaseSync } = require("node:sqlite");
    const database = new DatabaseSync(${JSON.stringify(path)});
    database.exec("PRAGMA user_version = ${newer}");
    process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["-e", script]);
  rmSync(`${path}-shm`, { force: true });
  chmodSync(`${path}-wal`, 0o600);
  const refused = refusal(() => openNativeFile(path));
  expect(refused.failure).toBe("unsupported");
});

test("a database of another program is refused", () => {
  alter("PRAGMA application_id = 7");
  expectRefusal("unsupported", /not an account/);
});

test("what is no database is refused", () => {
  for (const content of ["", "x", "not a database ".repeat(100)]) {
    writeFileSync(path, content);
    expectRefusal("corrupt", /put back a copy/);
  }
});

test("a file that was cut short is refused", () => {
  const { size } = statSync(path);
  for (const length of [size - 1, size - 4096, 4096, 2000, 50]) {
    copyFileSync(path, join(directory, "whole"));
    truncateSync(path, length);
    expectRefusal("corrupt", /put back a copy/);
    copyFileSync(join(directory, "whole"), path);
  }
  openNativeFile(path).close();
});

test("tables, triggers and views that are not ours are refused", () => {
  for (const [add, remove] of [
    ["CREATE TABLE extra (x)", "DROP TABLE extra"],
    [
      "CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM slot; END",
      "DROP TRIGGER t",
    ],
    ["CREATE VIEW v AS SELECT * FROM slot", "DROP VIEW v"],
    [
      "ALTER TABLE item ADD COLUMN extra TEXT",
      "ALTER TABLE item DROP COLUMN extra",
    ],
  ] as const) {
    alter(add);
    expect(refusal(() => openNativeFile(path)).failure).toBe("corrupt");
    alter(remove);
  }
  openNativeFile(path).close();
});

test("what is missing, and a directory that is none, are storage failures", () => {
  rmSync(path);
  expect(refusal(() => openNativeFile(path)).failure).toBe("storage");
  writeFileSync(path, "");
  const below = join(path, "x.db");
  expect(refusal(() => openNativeFile(below)).failure).toBe("storage");
});

test("a file has one owner in this process (T38)", () => {
  const file = openNativeFile(path);
  const refused = refusal(() => openNativeFile(path));
  expect(refused.failure).toBe("busy");
  expect(refused.message).toMatch(/stop that one first/);
  expect(file.rows.account()?.id).toBe(id);
  // Looking at the file once more would have dropped the lock of the process.
  const script = `
    import { isFileBusy } from ${JSON.stringify(new URL("./native-file.ts", import.meta.url).href)};
    console.log(isFileBusy(${JSON.stringify(path)}));`;
  const other = ["--input-type=module", "-e", script];
  expect(String(spawnSync(process.execPath, other).stdout)).toBe("true\n");
  file.close();
  openNativeFile(path).close();
});

test("a file has one owner among processes, until that one is killed (T38)", async () => {
  const script = `
    import { openNativeFile } from ${JSON.stringify(new URL("./native-file.ts", import.meta.url).href)};
    openNativeFile(${JSON.stringify(path)});
    console.log("open");
    process.stdin.resume();`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(owner, "exit");
  await once(owner.stdout, "data");
  expect(refusal(() => openNativeFile(path)).failure).toBe("busy");
  expect(isFileBusy(path)).toBe(true);
  owner.kill("SIGKILL");
  await ended;
  expect(isFileBusy(path)).toBe(false);
  const file = openNativeFile(path);
  expect(file.rows.account()?.id).toBe(id);
  file.close();
});

test("what is in clear is bounded before there is a key (T52)", () => {
  const read = () => {
    const file = openNativeFile(path);
    try {
      return readLockedAccount(file, id);
    } finally {
      file.close();
    }
  };
  expect(read().slots.length).toBe(1);
  const argon2id = (memory: number) =>
    JSON.stringify({
      derivation: "argon2id",
      salt: Buffer.alloc(16).toString("base64"),
      memory,
      passes: 3,
      parallelism: 4,
    });
  const salt = Buffer.alloc(16).toString("base64");
  const good = JSON.stringify({ derivation: "hkdf-sha256", salt });
  const set = (column: string, value: string) =>
    alter(`UPDATE slot SET ${column} = '${value}'`);
  for (const bad of [argon2id(1 << 30), argon2id(65536), "{}", "null", "["]) {
    set("parameters", bad);
    expect(refusal(read).failure).toBe("corrupt");
  }
  set("parameters", good);
  set("kind", "magic");
  set("parameters", argon2id(65536));
  expect(refusal(read).failure).toBe("corrupt");
  set("kind", "recovery-code");
  set("parameters", good);
  read();
  for (let position = 2; position <= 17; position++) {
    alter(
      `INSERT INTO slot SELECT 'copy${position}', ${position}, kind, label, parameters, commitment, public, box FROM slot WHERE position = 1`,
    );
  }
  expect(refusal(read).failure).toBe("corrupt");
  alter("DELETE FROM slot");
  expect(refusal(read).failure).toBe("corrupt");
});

test("a file under another account's id is refused", () => {
  const file = openNativeFile(path);
  const other = createId(systemRandom);
  expect(refusal(() => readLockedAccount(file, other)).failure).toBe("corrupt");
  file.close();
});

test("a directory is made for the user alone, and one open to others is refused", () => {
  const own = join(directory, "a", "b");
  ensureOwnDirectory(own);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "a")).mode & 0o777).toBe(0o700);
  ensureOwnDirectory(own);
  chmodSync(own, 0o750);
  const open = refusal(() => ensureOwnDirectory(own));
  expect(open.failure).toBe("unsafe");
  expect(open.message).toMatch(/chmod 700/);
  const link = join(directory, "link");
  symlinkSync(join(directory, "a"), link);
  expect(refusal(() => ensureOwnDirectory(link)).failure).toBe("unsafe");
  expect(refusal(() => ensureOwnDirectory(path)).failure).toBe("storage");
});
