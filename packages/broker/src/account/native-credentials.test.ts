// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  type DerivePassword,
  deriveArgon2id,
  leastArgon2Cost,
} from "../crypto/argon2.ts";
import type { AccountStore } from "../vault/store.ts";
import {
  directory,
  open,
  password,
  putSecret,
  readSecret,
  refusal,
  right,
  start,
  utf8,
  verified,
  weak,
} from "./native-accounts.fixture.ts";
import { createAccounts } from "./native-accounts.ts";

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
