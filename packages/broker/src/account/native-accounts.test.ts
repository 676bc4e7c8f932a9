// SPDX-License-Identifier: Apache-2.0
import {
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DerivePassword, deriveArgon2id } from "../crypto/argon2.ts";
import { createId, isId } from "../crypto/id.ts";
import { systemRandom } from "../crypto/random.ts";
import { type AccountStore, StoreError } from "../vault/store.ts";
import type { VerifiedCredential } from "./accounts.ts";
import {
  databases,
  directory,
  password,
  putSecret,
  readSecret,
  refusal,
  right,
  start,
  utf8,
  verified,
} from "./native-accounts.fixture.ts";

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

test("a second owner finds the accounts busy and makes others (T38)", async () => {
  const first = start();
  const { id } = await first.create("Work", utf8(right));
  const second = start();
  expect(second.find(id)?.problem).toBe("busy");
  expect(await refusal(() => second.verify(id, password(right)))).toBe("busy");
  first.unlock(await verified(first, id));
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
