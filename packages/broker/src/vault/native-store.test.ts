// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Category,
  FieldSchema,
  FieldType,
  type Item,
  ItemSchema,
  VaultSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { afterEach, expect, test } from "vitest";
import { createId, isId } from "../crypto/id.ts";
import { publicKeyOf } from "../crypto/key-pair.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import {
  type FileOptions,
  type NativeFile,
  openNativeFile,
} from "./native-file.ts";
import { openSlot, saltLength } from "./native-slot.ts";
import { type NativeStore, openNativeStore } from "./native-store.ts";
import { StoreError, type StoreFailure } from "./store.ts";

interface Opened {
  readonly file: NativeFile;
  readonly store: NativeStore;
  readonly accountKey: Secret;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

let nowMs = 1_000;

function newAccount() {
  const directory = mkdtempSync(join(tmpdir(), "assent-store-"));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  const id = createId(systemRandom);
  const path = join(directory, `${id}.db`);
  const key = randomKey(systemRandom);
  const salt = randomBytes(systemRandom, saltLength);
  const slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: { derivation: "hkdf-sha256", salt },
    key,
  } as const;
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
  return { id, path, key };
}

function openAccount(
  { id, path, key }: ReturnType<typeof newAccount>,
  options: FileOptions = {},
): Opened {
  const file = openNativeFile(path, options);
  cleanups.push(() => file.close());
  const { row, slots } = readLockedAccount(file, id);
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  const [slot] = slots;
  const accountKey = slot && openSlot(slot, binding, key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  const facts = { now: () => nowMs, random: systemRandom };
  return {
    file,
    store: openNativeStore(file, accountKey.bytes, facts),
    accountKey,
  };
}

function newStore() {
  return openAccount(newAccount()).store;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

function draft(vaultId: string, title = "GitHub", value = "token"): Item {
  return create(ItemSchema, {
    overview: { vaultId, title, tags: ["dev"], urls: ["https://a.test"] },
    sections: [{ id: "sec", title: "Keys" }],
    fields: [
      { title: "user", value: utf8("me") },
      {
        id: "tok",
        title: "token",
        sectionId: "sec",
        type: FieldType.CONCEALED,
        value: utf8(value),
      },
    ],
    notes: utf8("remember"),
  });
}

function newVault(store: NativeStore, name = "Dev"): string {
  return store.putVault(create(VaultSchema, { name })).id;
}

function stored(item: Item) {
  const { overview } = item;
  if (overview === undefined) throw new Error("no overview");
  return { ...item, overview };
}

function refusal(use: () => unknown): StoreFailure {
  try {
    use();
  } catch (error) {
    if (error instanceof StoreError) return error.failure;
    throw error;
  }
  throw new Error("nothing was refused");
}

function valuesOf(store: NativeStore, itemId: string): string[] {
  using opened = store.read(itemId);
  return opened.item.fields.map(({ value }) => Buffer.from(value).toString());
}

test("a new item gets ids, times, kinds and the first revision", () => {
  const store = newStore();
  const vaultId = newVault(store);
  nowMs = 5_000.7;
  const item = stored(store.putItem(draft(vaultId)));
  expect(isId(item.overview.id)).toBe(true);
  expect(item.revision).toBe(1n);
  expect(item.overview.category).toBe(Category.LOGIN);
  expect(item.fields.map(({ id }) => isId(id))).toEqual([true, false]);
  expect(item.fields.map(({ id }) => id)[1]).toBe("tok");
  expect(item.fields.map(({ type }) => type)).toEqual([
    FieldType.TEXT,
    FieldType.CONCEALED,
  ]);
  for (const at of [item.overview.createdAt, item.overview.updatedAt]) {
    expect(at && timestampMs(at)).toBe(5_000);
  }
  const entry = store.entry(item.overview.id);
  expect(entry?.overview).toEqual(item.overview);
  expect(entry?.fields.map(({ title }) => title)).toEqual(["user", "token"]);
  expect(
    JSON.stringify(entry, (_, v) => (typeof v === "bigint" ? 0 : v)),
  ).not.toMatch(/remember|"me"/);
  expect(valuesOf(store, item.overview.id)).toEqual(["me", "token"]);
});

test("each change raises the revision by one and keeps when it was made", () => {
  const store = newStore();
  const vaultId = newVault(store);
  nowMs = 1_000;
  const first = stored(store.putItem(draft(vaultId)));
  nowMs = 9_000;
  const second = stored(
    store.putItem(
      create(ItemSchema, {
        ...first,
        fields: [create(FieldSchema, { title: "t", value: utf8("new") })],
      }),
    ),
  );
  expect(second.revision).toBe(2n);
  expect(second.overview.id).toBe(first.overview.id);
  expect(second.overview.createdAt).toEqual(first.overview.createdAt);
  expect(second.overview.updatedAt).not.toEqual(first.overview.updatedAt);
  expect(valuesOf(store, first.overview.id)).toEqual(["new"]);
  store.archiveItem(first.overview.id);
  const archived = store.entry(first.overview.id);
  expect(archived?.revision).toBe(3n);
  expect(archived?.overview.archived).toBe(true);
  expect(valuesOf(store, first.overview.id)).toEqual(["new"]);
  store.archiveItem(first.overview.id);
  expect(store.entry(first.overview.id)?.revision).toBe(3n);
});

test("a stale revision is a conflict and changes nothing", () => {
  const store = newStore();
  const vaultId = newVault(store);
  const first = store.putItem(draft(vaultId));
  const { id } = stored(first).overview;
  store.putItem(first);
  for (const revision of [0n, 1n, 3n, 1n << 40n]) {
    const stale = create(ItemSchema, { ...first, revision, fields: [] });
    expect(refusal(() => store.putItem(stale))).toBe("conflict");
  }
  expect(store.entry(id)?.revision).toBe(2n);
  expect(valuesOf(store, id)).toEqual(["me", "token"]);
});

test("new items are one change: all that are right, each refusal in its place", () => {
  const account = newAccount();
  const { store, file } = openAccount(account);
  const vaultId = newVault(store);
  let transactions = 0;
  const { transaction } = file;
  file.transaction = <T>(change: () => T): T => {
    transactions += 1;
    return transaction.call(file, change) as T;
  };
  const first = store.putItem(draft(vaultId));
  transactions = 0;
  const nameless = draft(vaultId);
  if (nameless.overview) nameless.overview.title = "";
  const outcomes = store.createItems([
    draft(vaultId),
    nameless,
    first,
    draft("nowhere"),
    draft(vaultId),
  ]);
  expect(transactions).toBe(1);
  expect(
    outcomes.map((one) => (one instanceof StoreError ? one.failure : "item")),
  ).toEqual(["item", "invalid", "invalid", "not-found", "item"]);
  expect(store.items(vaultId).length).toBe(3);
  expect(store.createItems([])).toEqual([]);
  expect(transactions).toBe(1);
});

test("new items whose change cannot be made durable are not there at all", () => {
  const { store, file } = openAccount(newAccount());
  const vaultId = newVault(store);
  const { transaction } = file;
  file.transaction = () => {
    throw new StoreError("storage", "the disk is full");
  };
  const several = [draft(vaultId), draft(vaultId)];
  expect(refusal(() => store.createItems(several))).toBe("storage");
  file.transaction = transaction;
  expect(store.items(vaultId)).toEqual([]);
  store.createItems(several);
  expect(store.items(vaultId).length).toBe(2);
});

test("an item moves to another vault whole", () => {
  const account = newAccount();
  const { store, file } = openAccount(account);
  const [from, to] = [newVault(store, "A"), newVault(store, "B")];
  const item = stored(store.putItem(draft(from)));
  item.overview.vaultId = to;
  expect(store.putItem(item).revision).toBe(2n);
  expect(store.items(from)).toEqual([]);
  expect(store.items(to).map(({ revision }) => revision)).toEqual([2n]);
  expect(store.vault(from)?.itemCount).toBe(0);
  expect(store.vault(to)?.itemCount).toBe(1);
  store.lock();
  file.close();
  const again = openAccount(account).store;
  expect(valuesOf(again, item.overview.id)).toEqual(["me", "token"]);
  expect(again.entry(item.overview.id)?.overview.vaultId).toBe(to);
});

test("everything is there again after the file was closed and opened", () => {
  const account = newAccount();
  const first = openAccount(account);
  const vaultId = first.store.putVault(
    create(VaultSchema, { name: "Dev", description: "for work" }),
  ).id;
  const item = stored(first.store.putItem(draft(vaultId)));
  const gone = stored(first.store.putItem(draft(vaultId, "gone")));
  first.store.deleteItem(gone.overview.id);
  const before = first.store.items(vaultId);
  first.store.lock();
  first.file.close();
  const { store } = openAccount(account);
  expect(store.vaults()).toEqual([
    create(VaultSchema, {
      id: vaultId,
      name: "Dev",
      description: "for work",
      itemCount: 1,
    }),
  ]);
  expect(store.items(vaultId)).toEqual(before);
  expect(valuesOf(store, item.overview.id)).toEqual(["me", "token"]);
  expect(refusal(() => store.read(gone.overview.id))).toBe("not-found");
});

test("vaults are in order of name, items in order of title", () => {
  const store = newStore();
  const ids = ["beta", "Alpha", "écart", "Zoo"].map((name) =>
    newVault(store, name),
  );
  expect(store.vaults().map(({ name }) => name)).toEqual([
    "Alpha",
    "beta",
    "écart",
    "Zoo",
  ]);
  const vaultId = ids[0] ?? "";
  for (const title of ["b", "A", "c"]) store.putItem(draft(vaultId, title));
  const titles = () =>
    store.items(vaultId).map(({ overview }) => overview.title);
  expect(titles()).toEqual(["A", "b", "c"]);
  const [a] = store.items(vaultId);
  store.deleteItem(a?.overview.id ?? "");
  expect(titles()).toEqual(["b", "c"]);
});

test("a vault is renamed and described; deleting it deletes its items", () => {
  const account = newAccount();
  const { store, file } = openAccount(account);
  const vaultId = newVault(store);
  const other = newVault(store, "Other");
  const item = stored(store.putItem(draft(vaultId)));
  const kept = stored(store.putItem(draft(other)));
  store.putVault(
    create(VaultSchema, { id: vaultId, name: "Ops", description: "x" }),
  );
  expect(store.vault(vaultId)).toMatchObject({ name: "Ops", itemCount: 1 });
  expect(valuesOf(store, item.overview.id)).toEqual(["me", "token"]);
  store.deleteVault(vaultId);
  expect(store.vault(vaultId)).toBeUndefined();
  expect(store.entry(item.overview.id)).toBeUndefined();
  expect(refusal(() => store.items(vaultId))).toBe("not-found");
  store.lock();
  file.close();
  const again = openAccount(account).store;
  expect(again.vaults().map(({ name }) => name)).toEqual(["Other"]);
  expect(valuesOf(again, kept.overview.id)).toEqual(["me", "token"]);
});

test("what is not there is not-found", () => {
  const store = newStore();
  const vaultId = newVault(store);
  const nowhere = createId(systemRandom);
  const other = stored(store.putItem(draft(vaultId)));
  other.overview.id = nowhere;
  expect(refusal(() => store.putItem(draft(nowhere)))).toBe("not-found");
  expect(refusal(() => store.putItem(other))).toBe("not-found");
  expect(refusal(() => store.read(nowhere))).toBe("not-found");
  expect(refusal(() => store.archiveItem(nowhere))).toBe("not-found");
  expect(refusal(() => store.deleteItem(nowhere))).toBe("not-found");
  expect(refusal(() => store.deleteVault(nowhere))).toBe("not-found");
  expect(
    refusal(() =>
      store.putVault(create(VaultSchema, { id: nowhere, name: "x" })),
    ),
  ).toBe("not-found");
  expect(store.entry(nowhere)).toBeUndefined();
  expect(store.vault(nowhere)).toBeUndefined();
});

test("a malformed item or vault is invalid and changes nothing", () => {
  const store = newStore();
  const vaultId = newVault(store);
  const like = createId(systemRandom).toUpperCase();
  const wrong: ((item: Item) => void)[] = [
    (item) => Reflect.deleteProperty(item, "overview"),
    (item) => Object.assign(item.overview ?? {}, { title: " " }),
    (item) => Object.assign(item.overview ?? {}, { title: like }),
    (item) => Object.assign(item.overview ?? {}, { title: "x".repeat(257) }),
    (item) => Object.assign(item.overview ?? {}, { category: 99 }),
    (item) => Object.assign(item.fields[0] ?? {}, { type: 99 }),
    (item) => Object.assign(item.fields[0] ?? {}, { title: "x".repeat(257) }),
    (item) => Object.assign(item.fields[0] ?? {}, { sectionId: "none" }),
    (item) => Object.assign(item.fields[0] ?? {}, { id: "tok" }),
    (item) => Object.assign(item.fields[0] ?? {}, { id: "sec" }),
    (item) => Object.assign(item.fields[0] ?? {}, { id: "x".repeat(257) }),
    (item) => Object.assign(item, { revision: 1n }),
  ];
  for (const spoil of wrong) {
    const item = draft(vaultId);
    spoil(item);
    expect(refusal(() => store.putItem(item))).toBe("invalid");
  }
  expect(store.items(vaultId)).toEqual([]);
  for (const name of ["", " ", like, "x".repeat(257)]) {
    const vault = create(VaultSchema, { name });
    expect(refusal(() => store.putVault(vault))).toBe("invalid");
  }
  expect(store.vaults().length).toBe(1);
});

test("what a later schema added is not kept", () => {
  const store = newStore();
  const item = draft(newVault(store));
  const unknown = [{ no: 99, wireType: 2, data: utf8("\u0001x") }];
  Object.assign(item, { $unknown: unknown });
  const put = stored(store.putItem(item));
  using opened = store.read(put.overview.id);
  expect(opened.item.$unknown).toBeUndefined();
  expect(put.$unknown).toBeUndefined();
});

test("a locked store tells nothing, and what was open is zeroed (LCK-002)", () => {
  const store = newStore();
  const vaultId = newVault(store);
  const item = store.putItem(draft(vaultId));
  const { id } = stored(item).overview;
  const { item: open } = store.read(id);
  const { privateLogKey } = store;
  expect(publicKeyOf(privateLogKey)).toEqual(store.publicLogKey);
  store.lock();
  store.lock();
  expect(open.fields.every(({ value }) => value.every((b) => b === 0))).toBe(
    true,
  );
  expect(open.notes.every((byte) => byte === 0)).toBe(true);
  expect(privateLogKey.every((byte) => byte === 0)).toBe(true);
  const uses: (() => unknown)[] = [
    () => store.vaults(),
    () => store.vault(vaultId),
    () => store.items(vaultId),
    () => store.entry(id),
    () => store.read(id),
    () => store.putVault(create(VaultSchema, { name: "x" })),
    () => store.deleteVault(vaultId),
    () => store.putItem(item),
    () => store.archiveItem(id),
    () => store.deleteItem(id),
    () => store.privateLogKey,
    () => store.slots,
    () => store.rename("x"),
    () => store.rotate({ removed: [], added: [] }),
  ];
  for (const use of uses) expect(refusal(use)).toBe("locked");
});

test("the values of an item are zeroed when it is closed", () => {
  const store = newStore();
  const item = stored(store.putItem(draft(newVault(store))));
  const opened = store.read(item.overview.id);
  const [field] = opened.item.fields;
  opened[Symbol.dispose]();
  expect(field?.value.every((byte) => byte === 0)).toBe(true);
});

test("nothing but structure can be read in the files (T33, LEAK-004)", () => {
  const { file, store, accountKey } = openAccount(newAccount());
  const vaultId = newVault(store, "canary-vault");
  const secrets = [
    "canary-vault",
    "canary-title",
    "canary-value",
    "canary-tag",
    "canary-url",
    "canary-field",
    "canary-section",
    "canary-notes",
  ];
  const item = create(ItemSchema, {
    overview: {
      vaultId,
      title: "canary-title",
      tags: ["canary-tag"],
      urls: ["canary-url"],
    },
    sections: [{ title: "canary-section" }],
    fields: [{ title: "canary-field", value: utf8("canary-value") }],
    notes: utf8("canary-notes"),
  });
  const { id } = stored(store.putItem(item)).overview;
  const key = Buffer.from(accountKey.bytes);
  const log = Buffer.from(store.privateLogKey);
  const scan = () => {
    const bytes = Buffer.concat(
      ["", "-wal"].map((suffix) => {
        try {
          return readFileSync(file.path + suffix);
        } catch {
          return Buffer.alloc(0);
        }
      }),
    );
    expect(bytes.includes(id)).toBe(true);
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(key)).toBe(false);
    expect(bytes.includes(log)).toBe(false);
  };
  scan();
  file.checkpoint();
  scan();
});

test("a full disk is a storage failure and nothing is changed (T36)", () => {
  const account = newAccount();
  const before = openAccount(account);
  const vaultId = newVault(before.store);
  const item = stored(before.store.putItem(draft(vaultId)));
  before.file.close();
  const { store, file } = openAccount(account, { mostPages: 1 });
  const big = draft(vaultId, "big");
  big.notes = new Uint8Array(100_000);
  expect(refusal(() => store.putItem(big))).toBe("storage");
  const larger = create(ItemSchema, { ...item, notes: big.notes });
  expect(refusal(() => store.putItem(larger))).toBe("storage");
  expect(store.items(vaultId).length).toBe(1);
  expect(valuesOf(store, item.overview.id)).toEqual(["me", "token"]);
  store.deleteItem(item.overview.id);
  store.lock();
  file.close();
  expect(openAccount(account).store.items(vaultId)).toEqual([]);
});
