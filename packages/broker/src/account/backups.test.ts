// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../vault/store.ts";
import {
  AccountError,
  type AccountFailure,
  type AccountNotice,
  type Accounts,
} from "./accounts.ts";
import { createAccounts } from "./native-accounts.ts";
import type { BackupSource } from "./roster.ts";

const day = 24 * 3_600_000;
const first = "the first password";
const second = "the second password";

let home: string;
let directory: string;
let nowMs: number;
let accounts: Accounts;
let id: string;
let notices: AccountNotice[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "assent-backups-"));
  directory = join(home, "accounts");
  nowMs = Date.UTC(2026, 0, 1);
  notices = [];
  accounts = start();
  id = (await accounts.create("Work", utf8(first))).id;
});

afterEach(() => {
  accounts.close();
  rmSync(home, { recursive: true });
});

function start(): Accounts {
  return createAccounts({
    directory,
    now: () => nowMs++,
    passwords: {
      cost: { memory: 32, passes: 1, parallelism: 1 },
      acceptsWeakCost: true,
    },
    onNotice: (_, notice) => notices.push(notice),
  });
}

function restart(): void {
  accounts.close();
  accounts = start();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function credential(password = first, of = id) {
  const proof = { kind: "password", secret: utf8(password) } as const;
  const verified = await accounts.verify(of, proof);
  if (verified === undefined) throw new Error("the password is wrong");
  return verified;
}

/** Unlock, make vaults of these names, lock. */
async function change(names: readonly string[], password = first) {
  const verified = await credential(password);
  accounts.unlock(verified);
  for (const name of names) {
    accounts.store(id)?.putVault(create(VaultSchema, { name }));
  }
  accounts.lock(id);
}

async function vaults(password = first): Promise<string[]> {
  return accounts.withStore(await credential(password), (store) =>
    store.vaults().map(({ name }) => name),
  );
}

function files(): string[] {
  return existsSync(join(directory, "backups"))
    ? readdirSync(join(directory, "backups"))
    : [];
}

/** Put a backup back, as its owner. */
async function restore(
  source: BackupSource,
  opens = first,
  by: string | null = first,
) {
  using staged = accounts.stageBackup(source);
  const proof = { kind: "password", secret: utf8(opens) } as const;
  if (!(await accounts.openBackup(staged, proof))) return undefined;
  const authority = by === null ? undefined : await credential(by);
  return accounts.restore(staged, authority);
}

async function failure(use: () => unknown): Promise<AccountFailure> {
  try {
    await use();
  } catch (error) {
    if (error instanceof AccountError) return error.failure;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a backup comes before the first change after an unlock: whole, private, as it was then", async () => {
  await change(["one"]);
  expect(files()).toEqual([]);
  await change(["two", "three"]);
  expect(files().length).toBe(1);
  const [backup] = accounts.backups(id);
  const path = join(directory, "backups", `${backup?.name}.db`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, "backups")).mode & 0o777).toBe(0o700);
  expect(backup?.size).toBe(statSync(path).size);
  expect(backup?.atMs).toBe(nowMs - 1);
  await restore({ kind: "own", name: backup?.name ?? "" });
  expect(await vaults()).toEqual(["one"]);
});

test("reading makes no backup", async () => {
  await change(["one"]);
  await vaults();
  await vaults();
  expect(files()).toEqual([]);
});

test("three are kept, and many changes on one day do not push out the days before", async () => {
  await change(["0"]);
  const made: number[] = [];
  for (const days of [0, 1, 2, 3]) {
    nowMs = Date.UTC(2026, 0, 1) + days * day;
    for (let times = 0; times < 4; times++) {
      nowMs += 60_000;
      await change([`${days}-${times}`]);
      made.push(nowMs - 1);
    }
  }
  const kept = accounts.backups(id).map(({ atMs }) => atMs);
  expect(kept.length).toBe(3);
  expect(kept[0]).toBe(made.at(-1));
  expect((kept[0] ?? 0) - (kept[2] ?? 0)).toBeGreaterThan(day);
  expect(files().length).toBe(3);
});

test("without a backup nothing is changed, and the reason is told (T36)", async () => {
  await change(["one"]);
  writeFileSync(join(directory, "backups"), "in the way");
  const verified = await credential();
  accounts.unlock(verified);
  const put = () =>
    accounts.store(id)?.putVault(create(VaultSchema, { name: "two" }));
  expect(put).toThrow(StoreError);
  expect(put).toThrow(/no backup, and without one nothing is changed/);
  rmSync(join(directory, "backups"));
  put();
  accounts.lock(id);
  expect(await vaults()).toEqual(["one", "two"]);
});

test("after a change of password no backup of ours opens with the old one (T55)", async () => {
  await change(["one"]);
  await change(["two"]);
  await change(["three"]);
  const before = accounts.backups(id);
  expect(before.length).toBe(2);
  await accounts.changePassword(await credential(), utf8(second));
  const after = accounts.backups(id);
  expect(after.length).toBe(1);
  for (const { name } of before) {
    expect(after.map((backup) => backup.name)).not.toContain(name);
  }
  const source = { kind: "own", name: after[0]?.name ?? "" } as const;
  expect(await restore(source, first, second)).toBeUndefined();
  expect(await restore(source, second, second)).toBeDefined();
  expect(await vaults(second)).toEqual(["one", "three", "two"]);
});

test("removal of a slot and use of the recovery code leave no backup of before either (T55)", async () => {
  await change(["one"]);
  await change(["two"]);
  const code = accounts.addRecoveryCode(await credential());
  const before = accounts.backups(id).map(({ name }) => name);
  expect(before.length).toBeGreaterThan(1);
  const proof = { kind: "recovery-code", secret: code } as const;
  const verified = await accounts.verify(id, proof);
  if (verified === undefined) throw new Error("the code is wrong");
  await accounts.changePassword(verified, utf8(second));
  expect(accounts.backups(id).length).toBe(1);
  accounts.addRecoveryCode(await credential(second));
  const [slot] = accounts.find(id)?.slots.slice(-1) ?? [];
  const kept = accounts.backups(id).map(({ name }) => name);
  accounts.removeSlot(await credential(second), slot?.id ?? "");
  const after = accounts.backups(id).map(({ name }) => name);
  expect(after.length).toBe(1);
  for (const name of [...before, ...kept]) expect(after).not.toContain(name);
});

test("a broker that is killed between a change of keys and its backups leaves them to the next one (T55)", async () => {
  await change(["one"]);
  await change(["two"]);
  const old = files();
  const at = (name: string) => join(directory, "backups", name);
  for (const name of old) copyFileSync(at(name), join(home, name));
  await accounts.changePassword(await credential(), utf8(second));
  // As it would be found: the rotation announced, the old backups still there.
  for (const name of old) copyFileSync(join(home, name), at(name));
  writeFileSync(at(`${id}.rotation`), "2", { mode: 0o600 });
  restart();
  expect(files()).toEqual([]);
  // Killed before the change of keys: the backups are what they were.
  for (const name of old) copyFileSync(join(home, name), at(name));
  writeFileSync(at(`${id}.rotation`), "3", { mode: 0o600 });
  restart();
  expect(files()).toEqual(old);
  expect(notices).toEqual([]);
});

test("a removed account leaves no backup and no mark", async () => {
  await change(["one"]);
  await change(["two"]);
  expect(files().length).toBe(1);
  accounts.remove(id);
  expect(files()).toEqual([]);
  expect(readdirSync(directory)).toEqual(["backups"]);
});

test("a copy of the user's own is whole, private, and never over another file", async () => {
  await change(["one"]);
  const out = join(home, "copy");
  accounts.backUp(id, out);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const before = readFileSync(out);
  expect(await failure(() => accounts.backUp(id, out))).toBe("storage");
  expect(readFileSync(out)).toEqual(before);
  symlinkSync(join(home, "elsewhere"), join(home, "link"));
  expect(await failure(() => accounts.backUp(id, join(home, "link")))).toBe(
    "storage",
  );
  expect(existsSync(join(home, "elsewhere"))).toBe(false);
  await change(["two"]);
  // Who may read the copy does not matter, as on a stick.
  chmodSync(out, 0o644);
  await restore({ kind: "file", path: out });
  expect(await vaults()).toEqual(["one"]);
});

test("what is restored has revisions that were never used, keys of its own, and what it replaced is kept (T37b)", async () => {
  const item = (vaultId: string) =>
    create(ItemSchema, { overview: { vaultId, title: "item" } });
  const store = async () => {
    accounts.unlock(await credential());
    const opened = accounts.store(id);
    if (opened === undefined) throw new Error("locked");
    return opened;
  };
  const vaultId = (await store()).putVault(
    create(VaultSchema, { name: "Dev" }),
  ).id;
  const put = accounts.store(id)?.putItem(item(vaultId));
  const itemId = put?.overview?.id ?? "";
  accounts.backUp(id, join(home, "copy"));
  const later = accounts.store(id)?.putItem(put ?? item(vaultId));
  expect(later?.revision).toBe(2n);
  const seen = new Set([1n, 2n]);
  for (let times = 0; times < 3; times++) {
    const checked = await credential();
    await restore({ kind: "file", path: join(home, "copy") });
    expect(accounts.find(id)?.locked).toBe(true);
    expect(await failure(() => accounts.unlock(checked))).toBe("locked");
    const opened = await store();
    const entry = opened.entry(itemId);
    expect(entry?.revision).toBe(1n);
    using read = opened.read(itemId);
    const { revision } = opened.putItem(read.item);
    expect(seen.has(revision)).toBe(false);
    seen.add(revision);
  }
  accounts.lock(id);
  const replaced = accounts.backups(id);
  expect(replaced.length).toBe(3);
  await restore({ kind: "own", name: replaced.at(-1)?.name ?? "" });
  expect((await store()).entry(itemId)?.revision).toBe(2n);
});

test("restoring takes the credential of the account itself, else of another, and none where there is none (T41)", async () => {
  await change(["one"]);
  const out = join(home, "copy");
  accounts.backUp(id, out);
  const source = { kind: "file", path: out } as const;
  expect(await failure(() => restore(source, first, null))).toBe("locked");
  const other = await accounts.create("Home", utf8(second));
  const asOther = async (wanted: string) => {
    using staged = accounts.stageBackup(source);
    expect(accounts.restoreAuthority(staged)).toBe(wanted);
    const proof = { kind: "password", secret: utf8(first) } as const;
    expect(await accounts.openBackup(staged, proof)).toBe(true);
    return accounts.restore(staged, await credential(second, other.id));
  };
  expect(await failure(() => asOther("own"))).toBe("locked");
  accounts.remove(id);
  expect(await failure(() => restore(source, first, null))).toBe("locked");
  expect((await asOther("any")).name).toBe("Work");
  accounts.remove(id);
  accounts.remove(other.id);
  await restore(source, first, null);
  expect(await vaults()).toEqual(["one"]);
});

test("a backup that its password was not given for, or that is damaged, is not restored, and nothing is changed", async () => {
  await change(["one"]);
  const out = join(home, "copy");
  accounts.backUp(id, out);
  const source = { kind: "file", path: out } as const;
  await change(["two"]);
  const before = readFileSync(join(directory, `${id}.db`));
  const names = readdirSync(directory);
  using staged = accounts.stageBackup(source);
  expect(
    await failure(async () => accounts.restore(staged, await credential())),
  ).toBe("locked");
  staged[Symbol.dispose]();
  expect(await restore(source, "another password")).toBeUndefined();
  const whole = readFileSync(out);
  const inside = whole.indexOf("CREATE TABLE");
  for (const at of [50, inside, whole.length - 4096 - 20, whole.length - 5]) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    writeFileSync(out, bytes);
    await restore(source).then(
      // A bit of a page that holds nothing.
      () => expect(at).not.toBe(inside),
      (error: unknown) => expect(error).toBeInstanceOf(AccountError),
    );
    if (!readFileSync(join(directory, `${id}.db`)).equals(before)) return;
  }
  expect(readdirSync(directory).sort()).toEqual(names.sort());
});

test("what is no file is not copied to be restored (T37)", async () => {
  const pipe = join(home, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  mkdirSync(join(home, "dir"));
  symlinkSync(join(directory, `${id}.db`), join(home, "link"));
  for (const name of ["pipe", "dir", "link", "nothing"]) {
    const source = { kind: "file", path: join(home, name) } as const;
    expect(["unsafe", "storage"]).toContain(
      await failure(() => accounts.stageBackup(source)),
    );
  }
  for (const path of ["/dev/null", "/dev/zero", "/dev/full"]) {
    expect(
      await failure(() => accounts.stageBackup({ kind: "file", path })),
    ).toBe("unsafe");
  }
  for (const name of ["../x", `${id}-x`, `${id}-20260101T000000000Z`, ""]) {
    expect(
      await failure(() => accounts.stageBackup({ kind: "own", name })),
    ).toBe("not-found");
  }
  const left = readdirSync(directory).filter((name) => !name.startsWith(id));
  expect(left).toEqual([]);
});

test("a file that cannot be used any more is replaced by a backup, and kept with its log (T37)", async () => {
  await change(["one"]);
  const out = join(home, "copy");
  accounts.backUp(id, out);
  accounts.close();
  const path = join(directory, `${id}.db`);
  writeFileSync(path, "damaged");
  writeFileSync(`${path}-wal`, "what was in its log", { mode: 0o600 });
  accounts = start();
  expect(accounts.find(id)?.problem).toBe("corrupt");
  const source = { kind: "file", path: out } as const;
  await restore(source, first, null);
  expect(await vaults()).toEqual(["one"]);
  const [kept = "", log = ""] = files().sort();
  const at = (name: string) => join(directory, "backups", name);
  expect(readFileSync(at(kept), "utf8")).toBe("damaged");
  expect(log).toBe(`${kept}-wal`);
  expect(readFileSync(at(log), "utf8")).toBe("what was in its log");
});

test("an older file that was put back is refused until it is restored on purpose, and the newer one is refused then (T37)", async () => {
  await change(["one"]);
  accounts.close();
  const path = join(directory, `${id}.db`);
  copyFileSync(path, join(home, "old"));
  accounts = start();
  await change(["two"]);
  accounts.close();
  copyFileSync(path, join(home, "new"));
  copyFileSync(join(home, "old"), path);
  accounts = start();
  expect(await failure(() => vaults())).toBe("rolled-back");
  const checked = await credential();
  expect(await failure(() => accounts.unlock(checked))).toBe("rolled-back");
  await restore({ kind: "present", accountId: id });
  expect(await vaults()).toEqual(["one"]);
  await change(["three"]);
  restart();
  expect(await vaults()).toEqual(["one", "three"]);
  accounts.close();
  copyFileSync(join(home, "new"), path);
  accounts = start();
  expect(await failure(() => vaults())).toBe("rolled-back");
  expect(notices).toEqual([]);
});

test("a mark that is gone is told once (T37)", async () => {
  await change(["one"]);
  accounts.close();
  rmSync(join(directory, `${id}.db-mark`));
  accounts = start();
  await vaults();
  await vaults();
  expect(notices).toEqual(["mark-missing"]);
});
