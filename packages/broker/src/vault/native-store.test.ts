// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
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
import { StoreError } from "./store.ts";
import {
  draft,
  newVault,
  refusal,
  stored,
  utf8,
  valuesOf,
} from "./store-drafts.fixture.ts";
import { storeSuite } from "./store-suite.fixture.ts";

interface Opened {
  readonly file: NativeFile;
  readonly store: NativeStore;
  readonly accountKey: Secret;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

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
  now = () => 1_000,
): Opened {
  const file = openNativeFile(path, options);
  cleanups.push(() => file.close());
  const { row, slots } = readLockedAccount(file, id);
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  const [slot] = slots;
  const accountKey = slot && openSlot(slot, binding, key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  const facts = { now, random: systemRandom };
  return {
    file,
    store: openNativeStore(file, accountKey.bytes, facts),
    accountKey,
  };
}

function newStore() {
  return openAccount(newAccount()).store;
}

storeSuite("an account in a sealed file", () => {
  const account = newAccount();
  return {
    open(now) {
      const { store, file } = openAccount(account, {}, now);
      return {
        store,
        lock: () => store.lock(),
        close() {
          store.lock();
          file.close();
        },
      };
    },
  };
});

test("new items are one change of the file", () => {
  const { store, file } = openAccount(newAccount());
  const vaultId = newVault(store);
  let transactions = 0;
  const { transaction } = file;
  file.transaction = <T>(change: () => T): T => {
    transactions += 1;
    return transaction.call(file, change) as T;
  };
  store.createItems([draft(vaultId), draft("nowhere"), draft(vaultId)]);
  expect(transactions).toBe(1);
  expect(store.items(vaultId).length).toBe(2);
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

test("a locked store changes nothing of what only its owner may", () => {
  const store = newStore();
  store.lock();
  for (const use of [
    () => store.slots,
    () => store.rename("x"),
    () => store.rotate({ removed: [], added: [] }),
  ]) {
    expect(refusal(use)).toBe("locked");
  }
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
    "canary-file",
    "canary-content",
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
  const content = utf8("canary-content".repeat(50_000));
  const attached = { id: "", name: "canary-file", sectionId: "" };
  store.putFile(id, 1n, attached, content);
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
