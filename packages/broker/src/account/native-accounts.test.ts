// SPDX-License-Identifier: Apache-2.0
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
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import { type Item, ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type DerivePassword,
  deriveArgon2id,
  leastArgon2Cost,
} from "../crypto/argon2.ts";
import { createId, isId } from "../crypto/id.ts";
import { systemRandom } from "../crypto/random.ts";
import { type AccountStore, StoreError } from "../vault/store.ts";
import {
  AccountError,
  type AccountFailure,
  type Accounts,
  type VerifiedCredential,
} from "./accounts.ts";
import { createAccounts } from "./native-accounts.ts";
import type { PasswordOptions } from "./password.ts";

const weak: PasswordOptions = {
  cost: { memory: 32, passes: 1, parallelism: 1 },
  acceptsWeakCost: true,
};

let directory: string;
const open: Accounts[] = [];

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), "assent-accounts-"));
  directory = join(parent, "accounts");
});

afterEach(() => {
  for (const accounts of open.splice(0)) accounts.close();
  rmSync(join(directory, ".."), { recursive: true });
});

function start(passwords: PasswordOptions = {}): Accounts {
  const accounts = createAccounts({
    directory,
    now: () => 1_000,
    passwords: { ...weak, ...passwords },
  });
  open.push(accounts);
  return accounts;
}

function databases(): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".db"))
    .sort();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const right = "correct horse";

function password(text: string) {
  return { kind: "password", secret: utf8(text) } as const;
}

async function verified(
  accounts: Accounts,
  account: string,
  proof: Parameters<Accounts["verify"]>[1] = password(right),
): Promise<VerifiedCredential> {
  const credential = await accounts.verify(account, proof);
  if (credential === undefined) throw new Error("not right");
  return credential;
}

async function refusal(use: () => unknown): Promise<AccountFailure> {
  try {
    await use();
  } catch (error) {
    if (error instanceof AccountError) return error.failure;
    throw error;
  }
  throw new Error("nothing was refused");
}

function putSecret(store: AccountStore, value: string): Item {
  const vaultId =
    store.vaults()[0]?.id ??
    store.putVault(create(VaultSchema, { name: "Dev" })).id;
  return store.putItem(
    create(ItemSchema, {
      overview: { vaultId, title: "token" },
      fields: [{ title: "t", value: utf8(value) }],
    }),
  );
}

function readSecret(store: AccountStore): string {
  const [vault] = store.vaults();
  const [entry] = store.items(vault?.id ?? "");
  using opened = store.read(entry?.overview.id ?? "");
  return Buffer.from(opened.item.fields[0]?.value ?? []).toString();
}

test("a new account is locked, listed, and in a file of its own", async () => {
  const accounts = start();
  const secret = utf8(right);
  const work = await accounts.create("  Work ", secret);
  expect(secret.every((byte) => byte === 0)).toBe(true);
  expect(isId(work.id)).toBe(true);
  expect(work).toMatchObject({ name: "Work", locked: true });
  expect(work.slots).toMatchObject([{ kind: "password", label: "Password" }]);
  expect(work.publicLogKey.length).toBe(32);
  const home = await accounts.create("Home", utf8(right));
  expect(accounts.list()).toEqual([home, work]);
  expect(accounts.find(work.id)).toEqual(work);
  expect(accounts.find("Work")).toEqual(work);
  expect(accounts.find("work")).toBeUndefined();
  expect(accounts.find("")).toBeUndefined();
  expect(databases()).toEqual([`${home.id}.db`, `${work.id}.db`].sort());
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(directory)) {
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  }
});

test("accounts are there again after a restart, locked", async () => {
  const before = start();
  const { id } = await before.create("Work", utf8(right));
  before.unlock(await verified(before, id));
  putSecret(before.store(id) as AccountStore, "canary");
  const [info] = before.list();
  before.close();
  const after = start();
  expect(after.list()).toEqual([{ ...info, locked: true }]);
  expect(after.store(id)).toBeUndefined();
  after.unlock(await verified(after, "Work"));
  expect(readSecret(after.store(id) as AccountStore)).toBe("canary");
});

test("a wrong password is not right, and the proof is zeroed either way", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  for (const text of ["wrong horse", "", `${right} `, "Correct horse"]) {
    const proof = password(text);
    expect(await accounts.verify(id, proof)).toBeUndefined();
    expect(proof.secret.every((byte) => byte === 0)).toBe(true);
  }
  const proof = password(right);
  const credential = await accounts.verify(id, proof);
  expect(proof.secret.every((byte) => byte === 0)).toBe(true);
  expect(credential).toMatchObject({ accountId: id, generation: 0 });
  expect(accounts.find(id)?.locked).toBe(true);
});

test("a credential shows nothing (T20)", async () => {
  const accounts = start();
  await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, "Work");
  const shown = inspect(credential, { showHidden: true, depth: 9 });
  expect(shown).not.toMatch(/Secret|Uint8Array|Buffer/);
  expect(JSON.parse(JSON.stringify(credential))).toEqual({
    accountId: credential.accountId,
    generation: 0,
  });
});

test("an unknown account costs one derivation, as costly as a known one (decision 3)", async () => {
  const costs: unknown[] = [];
  const derive: DerivePassword = (secret, salt, cost) => {
    costs.push(cost);
    return deriveArgon2id(secret, salt, cost);
  };
  const accounts = start({ derive });
  expect(await accounts.verify("none", password(right))).toBeUndefined();
  await accounts.create("Work", utf8(right));
  accounts.close();
  costs.length = 0;
  // The cost of today is another than that of the account.
  const later = start({
    derive,
    cost: { memory: 64, passes: 2, parallelism: 1 },
  });
  const proof = password("wrong horse");
  await later.verify("Work", proof);
  const unknown = password("wrong horse");
  expect(await later.verify("None", unknown)).toBeUndefined();
  expect(unknown.secret.every((byte) => byte === 0)).toBe(true);
  expect(costs).toEqual([weak.cost, weak.cost]);
});

test("passwords are checked one at a time, and few wait (T52)", async () => {
  let running = 0;
  let most = 0;
  let count = 0;
  const derive: DerivePassword = async (...input) => {
    running += 1;
    count += 1;
    most = Math.max(most, running);
    const key = await deriveArgon2id(...input);
    running -= 1;
    return key;
  };
  const accounts = start({ derive, mostWaiting: 4 });
  await accounts.create("Work", utf8(right));
  count = 0;
  const proofs = Array.from({ length: 9 }, () => password(right));
  const results = await Promise.allSettled(
    proofs.map((proof, index) =>
      accounts.verify(index % 2 === 0 ? "Work" : "None", proof),
    ),
  );
  expect(most).toBe(1);
  expect(count).toBe(5);
  const refused = results.filter(({ status }) => status === "rejected");
  expect(refused.length).toBe(4);
  for (const { reason } of refused as PromiseRejectedResult[]) {
    expect(reason).toMatchObject({ name: "AccountError", failure: "busy" });
  }
  for (const { secret } of proofs) {
    expect(secret.every((byte) => byte === 0)).toBe(true);
  }
  expect(await accounts.verify("Work", password(right))).toBeDefined();
});

test("who gives up gets no credential", async () => {
  const accounts = start();
  await accounts.create("Work", utf8(right));
  const controller = new AbortController();
  const checked = accounts.verify("Work", password(right), controller.signal);
  controller.abort(new Error("gone"));
  await expect(checked).rejects.toThrow("gone");
});

test("unlock opens the store, lock closes it and zeroes what was open (LCK-001)", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  accounts.unlock(await verified(accounts, id));
  const store = accounts.store(id) as AccountStore;
  expect(accounts.find(id)?.locked).toBe(false);
  putSecret(store, "canary");
  expect(readSecret(store)).toBe("canary");
  accounts.lock(id);
  expect(accounts.find(id)?.locked).toBe(true);
  expect(accounts.store(id)).toBeUndefined();
  expect(() => store.vaults()).toThrow(StoreError);
});

test("unlocking twice keeps the store; locking one account keeps the other (LCK-006)", async () => {
  const accounts = start();
  const work = await accounts.create("Work", utf8(right));
  const home = await accounts.create("Home", utf8(right));
  for (const { id } of [work, home])
    accounts.unlock(await verified(accounts, id));
  const store = accounts.store(work.id);
  accounts.unlock(await verified(accounts, work.id));
  expect(accounts.store(work.id)).toBe(store);
  accounts.lock(home.id);
  expect(accounts.store(work.id)).toBe(store);
  expect(store?.vaults()).toEqual([]);
});

test("a lock while the password is being checked makes the credential void (SES-019)", async () => {
  let began = Promise.withResolvers<void>();
  let go = Promise.withResolvers<void>();
  const derive: DerivePassword = async (...input) => {
    began.resolve();
    await go.promise;
    return deriveArgon2id(...input);
  };
  go.resolve();
  const accounts = start({ derive });
  const { id } = await accounts.create("Work", utf8(right));
  expect(accounts.generation(id)).toBe(0);
  began = Promise.withResolvers();
  go = Promise.withResolvers();
  const checked = accounts.verify(id, password(right));
  await began.promise;
  // Locked already: it counts all the same.
  accounts.lock(id);
  go.resolve();
  const credential = await checked;
  if (credential === undefined) throw new Error("not right");
  expect(credential.generation).toBe(0);
  expect(accounts.generation(id)).toBe(1);
  const uses = [
    () => accounts.unlock(credential),
    () => accounts.withStore(credential, () => "never"),
    () => accounts.changePassword(credential, utf8("another horse")),
    () => accounts.addRecoveryCode(credential),
    () => accounts.removeSlot(credential, "x"),
  ];
  for (const use of uses) expect(await refusal(use)).toBe("locked");
  expect(accounts.find(id)?.locked).toBe(true);
  accounts.unlock(await verified(accounts, id));
});

test("a credential that was disposed of, or is another's, is void", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const disposed = await verified(accounts, id);
  disposed[Symbol.dispose]();
  const forged: VerifiedCredential = {
    accountId: id,
    generation: 0,
    [Symbol.dispose]() {},
  };
  for (const credential of [disposed, forged]) {
    expect(await refusal(() => accounts.unlock(credential))).toBe("locked");
  }
  accounts.remove(id);
  expect(await refusal(() => accounts.unlock(forged))).toBe("not-found");
});

test("a store can be used for one call without unlocking the account", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, id);
  const kept = accounts.withStore(credential, (store) => {
    putSecret(store, "canary");
    expect(accounts.store(id)).toBeUndefined();
    expect(accounts.find(id)?.locked).toBe(true);
    expect(accounts.withStore(credential, (inner) => inner)).toBe(store);
    return store;
  });
  expect(() => kept.vaults()).toThrow(StoreError);
  expect(accounts.withStore(credential, readSecret)).toBe("canary");
  expect(() =>
    accounts.withStore(credential, (store) => {
      accounts.lock(id);
      return store.vaults();
    }),
  ).toThrow(StoreError);
  accounts.unlock(await verified(accounts, id));
  const again = await verified(accounts, id);
  expect(accounts.withStore(again, (store) => store)).toBe(accounts.store(id));
  expect(accounts.find(id)?.locked).toBe(false);
});

test("an account that is unlocked within such a call stays open", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, id);
  accounts.withStore(credential, () => accounts.unlock(credential));
  expect(accounts.store(id)?.vaults()).toEqual([]);
});

test("a password has eight characters or more, of UTF-8", async () => {
  const accounts = start();
  for (const bytes of [
    utf8(""),
    utf8("1234567"),
    utf8("äöüäöüä"),
    Uint8Array.from({ length: 12 }, () => 0xff),
  ]) {
    const short = Uint8Array.from(bytes);
    expect(await refusal(() => accounts.create("Work", short))).toBe(
      "weak-password",
    );
    expect(short.every((byte) => byte === 0)).toBe(true);
  }
  expect(accounts.list()).toEqual([]);
  const { id } = await accounts.create("Work", utf8("äöüäöüäö"));
  const credential = await verified(accounts, id, password("äöüäöüäö"));
  const short = utf8("1234567");
  expect(await refusal(() => accounts.changePassword(credential, short))).toBe(
    "weak-password",
  );
  expect(short.every((byte) => byte === 0)).toBe(true);
});

test("a name is taken by its look-alikes, also while one is being made (T41)", async () => {
  const accounts = start();
  const first = accounts.create("Work", utf8(right));
  const second = accounts.create("WORK", utf8(right));
  const results = await Promise.allSettled([first, second]);
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
  ]);
  expect(await refusal(() => accounts.create("vvork", utf8(right)))).toBe(
    "name-taken",
  );
  expect(await refusal(() => accounts.create("\u200b", utf8(right)))).toBe(
    "invalid-name",
  );
  const id = createId(systemRandom);
  expect(await refusal(() => accounts.create(id, utf8(right)))).toBe(
    "invalid-name",
  );
  expect(accounts.list().length).toBe(1);
  expect(databases().length).toBe(1);
});

test("an account is renamed while its store is open, under the same rules", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  await accounts.create("Home", utf8(right));
  expect(await refusal(() => accounts.rename(id, "Office"))).toBe("locked");
  const credential = await verified(accounts, id);
  accounts.withStore(credential, () => accounts.rename(id, " Office "));
  expect(accounts.find(id)?.name).toBe("Office");
  accounts.unlock(credential);
  accounts.rename(id, "OFFICE");
  expect(await refusal(() => accounts.rename(id, "h0me"))).toBe("name-taken");
  expect(await refusal(() => accounts.rename(id, "a\u202eb"))).toBe(
    "invalid-name",
  );
  expect(await refusal(() => accounts.rename("none", "x"))).toBe("not-found");
  accounts.close();
  const after = start();
  expect(after.find(id)?.name).toBe("OFFICE");
  after.unlock(await verified(after, id));
});

test("removing an account locks it and deletes its file (LCK-009)", async () => {
  const accounts = start();
  const work = await accounts.create("Work", utf8(right));
  const home = await accounts.create("Home", utf8(right));
  const credential = await verified(accounts, work.id);
  accounts.unlock(credential);
  const store = accounts.store(work.id) as AccountStore;
  accounts.remove(work.id);
  expect(() => store.vaults()).toThrow(StoreError);
  expect(accounts.generation(work.id)).toBe(1);
  expect(accounts.find(work.id)).toBeUndefined();
  expect(accounts.list().map(({ id }) => id)).toEqual([home.id]);
  expect(databases()).toEqual([`${home.id}.db`]);
  expect(readdirSync(directory).join()).not.toContain(work.id);
  expect(await refusal(() => accounts.remove(work.id))).toBe("not-found");
  expect(await refusal(() => accounts.unlock(credential))).toBe("not-found");
  expect(await accounts.verify("Work", password(right))).toBeUndefined();
  await accounts.create("Work", utf8(right));
});

test("an account that cannot be removed is there again (T36)", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  // Something is in the way of the file.
  mkdirSync(join(directory, `${id}.db.gone`, "x"), { recursive: true });
  expect(await refusal(() => accounts.remove(id))).toBe("storage");
  expect(accounts.find(id)?.locked).toBe(true);
  accounts.unlock(await verified(accounts, id));
});

test("an account that cannot be written is not made (T36)", async () => {
  const accounts = start();
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "a file in place of the directory");
  const secret = utf8(right);
  expect(await refusal(() => accounts.create("Work", secret))).toBe("storage");
  expect(secret.every((byte) => byte === 0)).toBe(true);
  expect(accounts.list()).toEqual([]);
  expect(await refusal(() => start())).toBe("storage");
});

test("a directory that others can look into is refused", async () => {
  mkdirSync(directory, { mode: 0o755 });
  expect(await refusal(() => start())).toBe("unsafe");
});

test("after a change of password the old one opens neither file nor account (T55)", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  accounts.unlock(await verified(accounts, id));
  putSecret(accounts.store(id) as AccountStore, "canary");
  const store = accounts.store(id);
  const credential = await verified(accounts, id);
  const other = await verified(accounts, id);
  const secret = utf8("battery staple");
  await accounts.changePassword(credential, secret);
  expect(secret.every((byte) => byte === 0)).toBe(true);
  expect(statSync(join(directory, `${id}.db-wal`)).size).toBe(0);
  expect(accounts.generation(id)).toBe(1);
  // The account stays open; what was checked before is void.
  expect(accounts.store(id)).toBe(store);
  expect(readSecret(store as AccountStore)).toBe("canary");
  for (const old of [credential, other]) {
    expect(await refusal(() => accounts.unlock(old))).toBe("locked");
  }
  expect(await accounts.verify(id, password(right))).toBeUndefined();
  expect(accounts.find(id)?.slots.length).toBe(1);
  accounts.close();
  const after = start();
  expect(await after.verify(id, password(right))).toBeUndefined();
  after.unlock(await verified(after, id, password("battery staple")));
  expect(readSecret(after.store(id) as AccountStore)).toBe("canary");
});

test("the password of a locked account is changed without unlocking it", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, id);
  await accounts.changePassword(credential, utf8("battery staple"));
  expect(accounts.find(id)?.locked).toBe(true);
  expect(await accounts.verify(id, password(right))).toBeUndefined();
  accounts.unlock(await verified(accounts, id, password("battery staple")));
});

test("a lock during a change of password leaves the old one (SES-019)", async () => {
  const began = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let calls = 0;
  const derive: DerivePassword = async (...input) => {
    calls += 1;
    if (calls === 3) {
      began.resolve();
      await go.promise;
    }
    return deriveArgon2id(...input);
  };
  const accounts = start({ derive });
  const { id } = await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, id);
  const changed = accounts.changePassword(credential, utf8("battery staple"));
  await began.promise;
  accounts.lock(id);
  go.resolve();
  expect(await refusal(() => changed)).toBe("locked");
  accounts.unlock(await verified(accounts, id));
  expect(await accounts.verify(id, password("battery staple"))).toBeUndefined();
});

test("a recovery code opens the account, survives a change of password, and is spent by its own", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const code = accounts.addRecoveryCode(await verified(accounts, id));
  expect(accounts.find(id)?.slots.map(({ kind }) => kind)).toEqual([
    "password",
    "recovery-code",
  ]);
  // Nothing was taken away: what was checked before still counts.
  expect(accounts.generation(id)).toBe(0);
  const proof = () =>
    ({
      kind: "recovery-code",
      secret: utf8(Buffer.from(code).toString().toLowerCase()),
    }) as const;
  await accounts.changePassword(
    await verified(accounts, id),
    utf8("battery staple"),
  );
  const credential = await verified(accounts, id, proof());
  accounts.withStore(credential, (store) => putSecret(store, "canary"));
  await accounts.changePassword(credential, utf8("third password"));
  expect(await accounts.verify(id, proof())).toBeUndefined();
  expect(await accounts.verify(id, password("battery staple"))).toBeUndefined();
  accounts.unlock(await verified(accounts, id, password("third password")));
  expect(readSecret(accounts.store(id) as AccountStore)).toBe("canary");
  expect(accounts.find(id)?.slots.length).toBe(1);
});

test("a new recovery code replaces the old one", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const first = accounts.addRecoveryCode(await verified(accounts, id));
  const second = accounts.addRecoveryCode(await verified(accounts, id));
  expect(accounts.generation(id)).toBe(1);
  expect(accounts.find(id)?.slots.length).toBe(2);
  const proof = (secret: Uint8Array) =>
    ({ kind: "recovery-code", secret: Uint8Array.from(secret) }) as const;
  expect(await accounts.verify(id, proof(first))).toBeUndefined();
  expect(await accounts.verify(id, proof(utf8("no code")))).toBeUndefined();
  accounts.unlock(await verified(accounts, id, proof(second)));
  accounts.lock(id);
  accounts.unlock(await verified(accounts, id));
});

test("a slot is removed by another one, and never the last", async () => {
  const accounts = start();
  const { id, slots } = await accounts.create("Work", utf8(right));
  const first = slots[0]?.id ?? "";
  const only = await verified(accounts, id);
  expect(await refusal(() => accounts.removeSlot(only, first))).toBe(
    "last-slot",
  );
  expect(await refusal(() => accounts.removeSlot(only, "none"))).toBe(
    "not-found",
  );
  const code = accounts.addRecoveryCode(only);
  expect(await refusal(() => accounts.removeSlot(only, first))).toBe(
    "last-slot",
  );
  const proof = { kind: "recovery-code", secret: code } as const;
  const credential = await verified(accounts, id, proof);
  accounts.removeSlot(credential, first);
  expect(accounts.generation(id)).toBe(1);
  expect(accounts.find(id)?.slots.map(({ kind }) => kind)).toEqual([
    "recovery-code",
  ]);
  expect(await accounts.verify(id, password(right))).toBeUndefined();
});

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

test("a second owner finds the accounts busy and makes others (T38)", async () => {
  const first = start();
  const { id } = await first.create("Work", utf8(right));
  const second = start();
  expect(second.find(id)?.problem).toBe("busy");
  expect(await refusal(() => second.verify(id, password(right)))).toBe("busy");
  first.unlock(await verified(first, id));
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

test("a cost below the least is refused unless it is asked for by name", () => {
  const cost = { ...leastArgon2Cost, memory: leastArgon2Cost.memory - 1 };
  expect(() => createAccounts({ directory, passwords: { cost } })).toThrow(
    RangeError,
  );
  const far = { memory: 1 << 30, passes: 3, parallelism: 4 };
  expect(() => createAccounts({ directory, passwords: { cost: far } })).toThrow(
    RangeError,
  );
  expect(() =>
    createAccounts({
      directory,
      passwords: { cost: far, acceptsWeakCost: true },
    }),
  ).toThrow(RangeError);
});

test("by default a password costs 64 MiB, three passes, four lanes", async () => {
  const accounts = createAccounts({ directory });
  open.push(accounts);
  const { id } = await accounts.create("Work", utf8(right));
  accounts.unlock(await verified(accounts, id));
  accounts.close();
  using database = new DatabaseSync(join(directory, `${id}.db`));
  const [slot] = database.prepare("SELECT parameters FROM slot").all();
  expect(JSON.parse(String(slot?.["parameters"]))).toMatchObject({
    derivation: "argon2id",
    memory: 65536,
    passes: 3,
    parallelism: 4,
  });
});

test("nothing of a closed set of accounts goes on", async () => {
  const accounts = start();
  const { id } = await accounts.create("Work", utf8(right));
  const credential = await verified(accounts, id);
  accounts.unlock(credential);
  const store = accounts.store(id) as AccountStore;
  accounts.close();
  accounts.close();
  expect(() => store.vaults()).toThrow(StoreError);
  expect(accounts.list()).toEqual([]);
  expect(await refusal(() => accounts.unlock(credential))).toBe("not-found");
  start();
});
