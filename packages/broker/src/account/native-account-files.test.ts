// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  directory,
  password,
  putSecret,
  refusal,
  right,
  start,
  utf8,
  verified,
} from "./native-accounts.fixture.ts";

test("a file that cannot be used is listed with its problem and stops no other (T37)", async () => {
  const before = start();
  const names = ["A", "B", "C", "D", "E", "F"];
  const ids: string[] = [];
  for (const name of names) {
    ids.push((await before.create(name, utf8(right))).id);
  }
  before.close();
  const [damaged, open, linked, foreign, cut, fine] = ids.map((id) =>
    join(directory, `${id}.db`),
  ) as [string, string, string, string, string, string];
  writeFileSync(damaged, "garbage");
  chmodSync(open, 0o644);
  rmSync(linked);
  symlinkSync(fine, linked);
  using database = new DatabaseSync(foreign);
  database.exec("PRAGMA user_version = 99");
  database.close();
  writeFileSync(cut, readFileSync(cut).subarray(0, 5_000));
  const accounts = start();
  const problems = ids.map((id) => accounts.find(id)?.problem);
  expect(problems).toEqual([
    "corrupt",
    "unsafe",
    "unsafe",
    "unsupported",
    "corrupt",
    undefined,
  ]);
  for (const id of ids.slice(0, 5)) {
    const info = accounts.find(id);
    expect(info).toMatchObject({ name: id, locked: true, slots: [] });
    expect(info?.problemMessage).toContain(`${id}.db`);
    expect(await refusal(() => accounts.verify(id, password(right)))).toBe(
      info?.problem,
    );
    expect(await refusal(() => accounts.remove(id))).toBe(info?.problem);
    expect(accounts.store(id)).toBeUndefined();
    accounts.lock(id);
  }
  expect(accounts.list().length).toBe(6);
  accounts.unlock(await verified(accounts, "F"));
});

test("planted files with a name that is taken or not allowed are not used (T41)", async () => {
  const before = start();
  const work = await before.create("Work", utf8(right));
  const home = await before.create("Home", utf8(right));
  const ops = await before.create("Ops", utf8(right));
  before.close();
  const rename = (id: string, name: string) => {
    using database = new DatabaseSync(join(directory, `${id}.db`));
    database.prepare("UPDATE account SET name = ?").run(name);
  };
  // Looks like the name of another account, but could not be given to any.
  rename(home.id, "W\u043erk");
  rename(ops.id, "Ops\u202e");
  const accounts = start();
  expect(accounts.find(ops.id)?.problem).toBe("invalid-name");
  expect(accounts.find(home.id)?.problem).toBe("invalid-name");
  expect(accounts.find("Work")?.id).toBe(work.id);
  accounts.close();
  rename(home.id, "w0rk");
  const again = start();
  expect(again.find(work.id)?.problem).toBe("name-taken");
  expect(again.find(home.id)?.problem).toBe("name-taken");
  expect(again.find("Work")).toBeUndefined();
});

test("a file under another id is not used", async () => {
  const before = start();
  const { id } = await before.create("Work", utf8(right));
  before.close();
  const other = createId(systemRandom);
  copyFileSync(join(directory, `${id}.db`), join(directory, `${other}.db`));
  const accounts = start();
  expect(accounts.find(other)?.problem).toBe("corrupt");
  expect(accounts.find(id)?.problem).toBeUndefined();
});

test("what a killed broker left half made or half removed is swept", async () => {
  const before = start();
  const { id } = await before.create("Work", utf8(right));
  before.close();
  const file = join(directory, `${id}.db`);
  const left = createId(systemRandom);
  const base = join(directory, `${left}.db`);
  copyFileSync(file, `${base}.new`);
  writeFileSync(`${base}.new-wal`, "");
  writeFileSync(`${base}.gone`, "half");
  const foreign = join(directory, "notes.new");
  writeFileSync(foreign, "mine");
  const accounts = start();
  expect(readdirSync(directory).join()).not.toContain(left);
  expect(existsSync(foreign)).toBe(true);
  expect(accounts.list().map((info) => info.id)).toEqual([id]);
});

test("rows changed behind a locked account are found at unlock (T37b)", async () => {
  const before = start();
  const { id } = await before.create("Work", utf8(right));
  before.withStore(await verified(before, id), (store) => {
    putSecret(store, "canary");
  });
  before.close();
  const database = new DatabaseSync(join(directory, `${id}.db`));
  database.exec("DELETE FROM item");
  database.close();
  const accounts = start();
  const credential = await verified(accounts, id);
  expect(await refusal(() => accounts.unlock(credential))).toBe("corrupt");
  expect(
    await refusal(() => accounts.withStore(credential, () => "never")),
  ).toBe("corrupt");
  expect(accounts.find(id)?.locked).toBe(true);
});
