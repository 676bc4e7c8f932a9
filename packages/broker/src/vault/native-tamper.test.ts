// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Item, ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import { copySecret, type Secret } from "../crypto/secret.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import {
  type FileOptions,
  type NativeFile,
  openNativeFile,
} from "./native-file.ts";
import {
  deriveAccountKeys,
  itemFrame,
  itemPlace,
  openUnder,
  place,
  sealUnder,
} from "./native-keys.ts";
import type { ItemRow, NativeRows, VaultRow } from "./native-rows.ts";
import { openSlot, type SlotDraft } from "./native-slot.ts";
import { type NativeStore, openNativeStore } from "./native-store.ts";
import { newVault, refusal } from "./store-drafts.fixture.ts";

let directory: string;
let id: string;
let path: string;
let slot: SlotDraft;
let opened: NativeFile | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-tamper-"));
  id = createId(systemRandom);
  path = join(directory, `${id}.db`);
  slot = newSlot();
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
});

afterEach(() => {
  opened?.close();
  rmSync(directory, { recursive: true });
});

function newSlot(label = ""): SlotDraft {
  const salt = randomBytes(systemRandom, 16);
  return {
    id: createId(systemRandom),
    kind: "recovery-code",
    label,
    parameters: { derivation: "hkdf-sha256", salt },
    key: randomKey(systemRandom),
  };
}

function accountKeyOf(file: NativeFile, { id: slotId, key }: SlotDraft) {
  const { row, slots } = readLockedAccount(file, id);
  const found = slots.find((one) => one.id === slotId);
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  return found && openSlot(found, binding, key);
}

function openFile(options?: FileOptions): NativeFile {
  opened?.close();
  opened = openNativeFile(path, options);
  return opened;
}

function openWith(file: NativeFile, accountKey: Secret): NativeStore {
  const facts = { now: () => 1_000, random: systemRandom };
  return openNativeStore(file, accountKey.bytes, facts);
}

function openStore(by = slot, options?: FileOptions): NativeStore {
  const file = openFile(options);
  const accountKey = accountKeyOf(file, by);
  if (accountKey === undefined) throw new Error("the slot does not open");
  return openWith(file, accountKey);
}

function alter(...statements: string[]): void {
  opened?.close();
  using database = new DatabaseSync(path);
  database.exec("PRAGMA foreign_keys = OFF");
  for (const sql of statements) database.exec(sql);
}

function newItem(store: NativeStore, vaultId: string, value: string): Item {
  const fields = [{ title: "token", value: Buffer.from(value) }];
  const overview = { vaultId, title: value };
  return store.putItem(create(ItemSchema, { overview, fields }));
}

function idOf({ overview }: Item): string {
  if (overview === undefined) throw new Error("no overview");
  return overview.id;
}

function firstValue(store: NativeStore, itemId: string): string {
  using open = store.read(itemId);
  return Buffer.from(open.item.fields[0]?.value ?? []).toString();
}

function rowOf(rows: NativeRows, itemId: string): ItemRow {
  const head = [...rows.items()].find((row) => row.id === itemId);
  const envelopes = rows.envelopes(itemId);
  const detail = rows.detail(itemId);
  if (!head || !envelopes || !detail) throw new Error("no row");
  return { ...head, ...envelopes, detail };
}

function openVaultKey(accountKey: Secret, keyEpoch: number, row: VaultRow) {
  const binding = { accountId: id, keyEpoch };
  const { wrapping } = deriveAccountKeys(accountKey.bytes, binding);
  const where = place("vault-key", binding, row.id, row.revision);
  return openUnder(wrapping, where, row.key);
}

interface Filled {
  readonly vault: string;
  readonly otherVault: string;
  readonly a: string;
  readonly b: string;
}

/** Two items in one vault, a second vault, and all rows as they were before a change kept as old_*. */
function fill(): Filled {
  const store = openStore();
  const vault = newVault(store);
  const otherVault = newVault(store, "Ops");
  const first = newItem(store, vault, "one");
  const a = idOf(first);
  const b = idOf(newItem(store, vault, "two"));
  opened?.close();
  copyFileSync(path, join(directory, "old"));
  const again = openStore();
  again.putItem(first);
  again.lock();
  opened?.close();
  return { vault, otherVault, a, b };
}

const old = (statement: string): string[] => [
  `ATTACH '${join(directory, "old")}' AS old`,
  statement,
];

const swapped = (columns: readonly string[], { a, b }: Filled): string =>
  `UPDATE item SET (${columns.join(", ")}) = (SELECT ${columns.join(", ")}
    FROM item AS other WHERE other.id = CASE item.id WHEN '${a}' THEN '${b}' ELSE '${a}' END)`;

const alterations: Record<string, (filled: Filled) => string[]> = {
  "all that is sealed of two items exchanged": (f) => [
    swapped(["overview", "key", "detail"], f),
  ],
  "two whole items exchanged": (f) => [
    swapped(["vault", "revision", "flags", "overview", "key", "detail"], f),
  ],
  "an item in another vault": ({ a, otherVault }) => [
    `UPDATE item SET vault = '${otherVault}' WHERE id = '${a}'`,
  ],
  "an archived item brought back, or the reverse": ({ a }) => [
    `UPDATE item SET flags = 1 - flags WHERE id = '${a}'`,
  ],
  "another revision": ({ a }) => [
    `UPDATE item SET revision = revision + 1 WHERE id = '${a}'`,
  ],
  "an item removed": ({ a }) => [`DELETE FROM item WHERE id = '${a}'`],
  "an item twice": ({ a }) => [
    `INSERT INTO item SELECT iif(id LIKE 'x%', 'y', 'x') || substr(id, 2), vault, revision, flags, overview, key, detail FROM item WHERE id = '${a}'`,
  ],
  "an item as it was before": () =>
    old("INSERT OR REPLACE INTO item SELECT * FROM old.item"),
  "an empty vault removed": ({ otherVault }) => [
    `DELETE FROM vault WHERE id = '${otherVault}'`,
  ],
  "a vault and its items removed": ({ vault }) => [
    `DELETE FROM item WHERE vault = '${vault}'`,
    `DELETE FROM vault WHERE id = '${vault}'`,
  ],
  "the keys of two vaults exchanged": () => [
    "UPDATE vault SET key = (SELECT key FROM vault AS other WHERE other.id <> vault.id)",
  ],
  "the revision of a vault": ({ vault }) => [
    `UPDATE vault SET revision = 9 WHERE id = '${vault}'`,
  ],
  "another name of the account": () => ["UPDATE account SET name = 'Wоrk'"],
  "another log key": () => ["UPDATE account SET log_public = randomblob(32)"],
  "another revision epoch": () => ["UPDATE account SET revision_epoch = 9"],
  "an older account row": () =>
    old("INSERT OR REPLACE INTO account SELECT * FROM old.account"),
  "another slot's public key": () => ["UPDATE slot SET public = box"],
  "a slot planted": () => [
    "INSERT INTO slot SELECT 'planted', 9, kind, label, parameters, commitment, public, box FROM slot",
  ],
};

for (const [what, statements] of Object.entries(alterations)) {
  test(`${what} is noticed when the account is opened (T37b)`, () => {
    const filled = fill();
    alter(...statements(filled));
    expect(refusal(openStore)).toBe("corrupt");
  });
}

const detailAlterations: Record<string, (filled: Filled) => string[]> = {
  "the detail of another item": (f) => [swapped(["detail"], f)],
  "one changed byte": ({ a }) => [
    `UPDATE item SET detail = CAST(substr(detail, 1, 40) || x'00ff' || substr(detail, 43) AS BLOB) WHERE id = '${a}'`,
  ],
  "a detail cut short": ({ a }) => [
    `UPDATE item SET detail = substr(detail, 1, 99) WHERE id = '${a}'`,
  ],
  "the detail of before": ({ a }) =>
    old(
      `UPDATE item SET detail = (SELECT detail FROM old.item WHERE id = '${a}') WHERE id = '${a}'`,
    ),
};

for (const [what, statements] of Object.entries(detailAlterations)) {
  test(`${what} is noticed when the item is read (T37b)`, () => {
    const filled = fill();
    alter(...statements(filled));
    const store = openStore();
    expect(refusal(() => store.read(filled.a))).toBe("corrupt");
    expect(refusal(() => store.archiveItem(filled.a))).toBe("corrupt");
    expect(store.entry(filled.a)?.revision).toBe(2n);
  });
}

for (const change of ["label = 'x'", "box = public", "position = 7"]) {
  test(`a slot with ${change} does not open to anything (T37b)`, () => {
    openStore();
    alter(`UPDATE slot SET ${change}`);
    expect(refusal(openStore)).toBe("corrupt");
  });
}

test("a slot whose commitment was changed does not open", () => {
  alter("UPDATE slot SET commitment = randomblob(32)");
  expect(() => openStore()).toThrow("does not open");
});

test("an altered row is noticed while the account is open (T37b)", () => {
  const { a, b } = fill();
  const store = openStore();
  const rows = opened?.rows;
  if (rows === undefined) throw new Error("no file");
  const before = rowOf(rows, a);
  const { item } = store.read(a);
  store.putItem(create(ItemSchema, item));
  rows.putItem(before);
  expect(refusal(() => store.read(a))).toBe("corrupt");
  expect(refusal(() => store.archiveItem(a))).toBe("corrupt");
  rows.deleteItem(a);
  expect(refusal(() => store.read(a))).toBe("corrupt");
  expect(firstValue(store, b)).toBe("two");
});

test("an older account row is noticed at the next change (T37b)", () => {
  const { vault, b } = fill();
  const store = openStore();
  const before = opened?.rows.account();
  newItem(store, vault, "three");
  if (before !== undefined) opened?.rows.putAccount(before);
  expect(refusal(() => newItem(store, vault, "four"))).toBe("corrupt");
  expect(refusal(() => store.rotate({ removed: [], added: [] }))).toBe(
    "corrupt",
  );
  expect(store.items(vault).length).toBe(3);
  expect(firstValue(store, b)).toBe("two");
});

test("a whole older file without its mark opens: nothing inside it can tell", () => {
  const { a } = fill();
  copyFileSync(join(directory, "old"), path);
  expect(refusal(() => openStore())).toBe("rolled-back");
  rmSync(`${path}-mark`);
  expect(openStore().entry(a)?.revision).toBe(1n);
});

test("a slot is added and a name changed without a change of keys", () => {
  const { a } = fill();
  const store = openStore();
  const other = newSlot("Second");
  const accountKey = opened && accountKeyOf(opened, slot);
  if (accountKey === undefined) throw new Error("the slot does not open");
  store.addSlot(other, accountKey.bytes);
  store.rename("Home");
  expect(store.slots.map(({ label }) => label)).toEqual(["", "Second"]);
  for (const by of [slot, other]) {
    expect(firstValue(openStore(by), a)).toBe("one");
    expect(opened?.rows.account()?.name).toBe("Home");
  }
});

test("after a rotation everything is there, by the slots that are left", () => {
  const { vault, a, b } = fill();
  const [kept, added] = [newSlot("Kept"), newSlot("Added")];
  const before = openStore();
  const accountKey = opened && accountKeyOf(opened, slot);
  if (accountKey === undefined) throw new Error("the slot does not open");
  before.addSlot(kept, accountKey.bytes);
  const { publicLogKey } = before;
  const logKey = Buffer.from(before.privateLogKey);
  before.rotate({ removed: [slot.id], added: [added] });
  expect(statSync(`${path}-wal`).size).toBe(0);
  // The open store goes on.
  expect(firstValue(before, a)).toBe("one");
  newItem(before, vault, "three");
  expect(before.entry(a)?.revision).toBe(2n);
  for (const by of [kept, added]) {
    const store = openStore(by);
    expect(store.slots.map(({ label }) => label)).toEqual(["Kept", "Added"]);
    expect([firstValue(store, a), firstValue(store, b)]).toEqual([
      "one",
      "two",
    ]);
    expect(store.items(vault).length).toBe(3);
    expect(store.publicLogKey).toEqual(publicLogKey);
    expect(Buffer.from(store.privateLogKey)).toEqual(logKey);
  }
  expect(() => openStore(slot)).toThrow("does not open");
});

test("an old copy and its credential open nothing of the file after a rotation (T55)", () => {
  const { vault } = fill();
  const store = openStore();
  const oldKey = opened && accountKeyOf(opened, slot);
  const oldVault = opened?.rows.vaults().find((row) => row.id === vault);
  if (oldKey === undefined || oldVault === undefined) throw new Error("none");
  const oldSlots = opened?.rows.slots() ?? [];
  store.rotate({ removed: [slot.id], added: [newSlot()] });
  const later = idOf(newItem(store, vault, "later"));
  const file = openFile();
  expect(refusal(() => openWith(file, oldKey))).toBe("corrupt");
  // Not even with the vault key of that time, whatever epoch it is taken for.
  const row = rowOf(file.rows, later);
  const vaultKey = openVaultKey(oldKey, 1, oldVault);
  const found = file.rows.vaults().find((one) => one.id === vault);
  for (const keyEpoch of [1, 2]) {
    const where = itemPlace(
      "overview",
      { accountId: id, keyEpoch },
      itemFrame(row),
    );
    expect(refusal(() => openUnder(vaultKey, where, row.overview))).toBe(
      "corrupt",
    );
    expect(refusal(() => found && openVaultKey(oldKey, keyEpoch, found))).toBe(
      "corrupt",
    );
  }
  // Nor by putting the old slots back.
  for (const { id: current } of file.rows.slots())
    file.rows.deleteSlot(current);
  for (const before of oldSlots) file.rows.addSlot(before);
  expect(refusal(() => accountKeyOf(file, slot))).toBe("corrupt");
});

test("who has an old copy and its credential forges no item (T55)", () => {
  const { vault, a } = fill();
  const store = openStore();
  const oldKey = opened && accountKeyOf(opened, slot);
  const oldVault = opened?.rows.vaults().find((row) => row.id === vault);
  if (oldKey === undefined || oldVault === undefined) throw new Error("none");
  const binding = { accountId: id, keyEpoch: 1 };
  const rows = opened?.rows;
  if (rows === undefined) throw new Error("no file");
  const row = rowOf(rows, a);
  const keyPlace = itemPlace("detail-key", binding, itemFrame(row));
  const vaultKey = openVaultKey(oldKey, 1, oldVault);
  const opening = openUnder(vaultKey, keyPlace, row.key);
  // The detail and its key outlive the rotation: a forged one must not.
  const itemKey = copySecret(opening.bytes.subarray(0, 32));
  const detailAt = itemPlace("detail", binding, itemFrame(row));
  using plain = openUnder(itemKey, detailAt, row.detail);
  store.rotate({ removed: [slot.id], added: [newSlot()] });
  expect(firstValue(store, a)).toBe("one");
  const forged = sealUnder(itemKey, detailAt, plain.bytes, systemRandom);
  rows.putItem({ ...rowOf(rows, a), detail: forged });
  expect(refusal(() => store.read(a))).toBe("corrupt");
});

test("the same revision of another course of events is noticed (T37b)", () => {
  const { a } = fill();
  opened?.close();
  copyFileSync(path, join(directory, "fork"));
  const change = (value: string) => {
    const store = openStore();
    using open = store.read(a);
    const [field] = open.item.fields;
    if (field) field.value = Buffer.from(value);
    store.putItem(open.item);
    return store;
  };
  change("first");
  const other = opened && rowOf(opened.rows, a);
  opened?.close();
  copyFileSync(join(directory, "fork"), path);
  rmSync(`${path}-mark`);
  const store = change("second");
  expect(firstValue(store, a)).toBe("second");
  if (other !== undefined) opened?.rows.putItem(other);
  expect(refusal(() => store.read(a))).toBe("corrupt");
});

test("a rotation that fails changes nothing (T36)", () => {
  const { vault, a } = fill();
  const store = openStore(slot, { mostPages: 1 });
  const big = newSlot("x".repeat(200_000));
  const change = { removed: [slot.id], added: [big] };
  expect(refusal(() => store.rotate(change))).toBe("storage");
  expect(firstValue(store, a)).toBe("one");
  store.archiveItem(a);
  const again = openStore();
  expect(again.entry(a)?.overview.archived).toBe(true);
  expect(again.items(vault).length).toBe(2);
});
