// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ItemSchema,
  parseSecretReference,
  ReferenceFailure,
  VaultSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, describe, expect, it } from "vitest";
import { createId } from "../crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import { indexedStore } from "./indexed-store.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import { openNativeFile } from "./native-file.ts";
import { openSlot, saltLength } from "./native-slot.ts";
import { openNativeStore } from "./native-store.ts";
import { matchReference, type ReferenceView } from "./reference.ts";
import { type AccountStore, StoreError } from "./store.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A real store in a file, and how to lock it. */
function newStore() {
  const directory = mkdtempSync(join(tmpdir(), "assent-indexed-"));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  const id = createId(systemRandom);
  const path = join(directory, `${id}.db`);
  const key = randomKey(systemRandom);
  const slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: {
      derivation: "hkdf-sha256",
      salt: randomBytes(systemRandom, saltLength),
    },
    key,
  } as const;
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
  const file = openNativeFile(path, {});
  cleanups.push(() => file.close());
  const { row, slots } = readLockedAccount(file, id);
  const [first] = slots;
  const accountKey =
    first && openSlot(first, { accountId: id, keyEpoch: row.keyEpoch }, key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  return openNativeStore(file, accountKey.bytes, {
    now: () => 1_000,
    random: systemRandom,
  });
}

const putVault = (store: AccountStore, name: string, id = "") =>
  store.putVault(create(VaultSchema, { id, name })).id;
const putItem = (store: AccountStore, vaultId: string, title: string) =>
  store.putItem(
    create(ItemSchema, {
      overview: { vaultId, title } as never,
      fields: [{ id: "f", title: "token" }],
    }),
  );
const idOf = (item: ReturnType<typeof putItem>) => item.overview?.id ?? "";

function found(view: ReferenceView, path: string): string | ReferenceFailure {
  const outcome = matchReference(view, parseSecretReference(`op://${path}`));
  return "match" in outcome ? outcome.match.itemId : outcome.failure;
}

describe("an indexed store", () => {
  it("finds by name what is put, renamed, moved, archived and deleted through it", () => {
    const store = indexedStore(newStore());
    const vaultId = putVault(store, "Dev");
    expect(found(store, "dev/github/token")).toBe(
      ReferenceFailure.ITEM_NOT_FOUND,
    );
    const item = putItem(store, vaultId, "GitHub");
    expect(found(store, "dev/github/token")).toBe(idOf(item));

    const twin = putItem(store, vaultId, "GITHUB");
    expect(found(store, "dev/github/token")).toBe(
      ReferenceFailure.TOO_MANY_ITEMS,
    );
    store.archiveItem(idOf(twin));
    expect(found(store, "dev/github/token")).toBe(idOf(item));

    const other = putVault(store, "Ops");
    if (item.overview) {
      item.overview.title = "GitLab";
      item.overview.vaultId = other;
    }
    store.putItem(item);
    expect(found(store, "dev/github/token")).toBe(
      ReferenceFailure.ITEM_NOT_FOUND,
    );
    expect(found(store, "ops/gitlab/token")).toBe(idOf(item));

    putVault(store, "Operations", other);
    expect(found(store, "ops/gitlab/token")).toBe(
      ReferenceFailure.VAULT_NOT_FOUND,
    );
    expect(found(store, "operations/gitlab/token")).toBe(idOf(item));
    store.deleteItem(idOf(item));
    expect(found(store, "operations/gitlab/token")).toBe(
      ReferenceFailure.ITEM_NOT_FOUND,
    );
    store.deleteVault(other);
    expect(found(store, "operations/gitlab/token")).toBe(
      ReferenceFailure.VAULT_NOT_FOUND,
    );
  });

  it("is one for one store, and for itself", () => {
    const store = newStore();
    const indexed = indexedStore(store);
    expect(indexedStore(store)).toBe(indexed);
    expect(indexedStore(indexed)).toBe(indexed);
    expect(indexedStore(newStore())).not.toBe(indexed);
  });

  it("indexes what was there before", () => {
    const store = newStore();
    const vaultId = putVault(store, "Dev");
    const item = putItem(store, vaultId, "GitHub");
    expect(found(indexedStore(store), "DEV/GitHub/token")).toBe(idOf(item));
  });

  it("opens and tells what the store does", () => {
    const store = newStore();
    const indexed = indexedStore(store);
    const vaultId = putVault(indexed, "Dev");
    const item = putItem(indexed, vaultId, "GitHub");
    expect(indexed.accountId).toBe(store.accountId);
    expect(indexed.publicLogKey).toEqual(store.publicLogKey);
    expect(indexed.privateLogKey).toEqual(store.privateLogKey);
    expect(indexed.vaults()).toEqual(store.vaults());
    expect(indexed.vault(vaultId)).toEqual(store.vault(vaultId));
    expect(indexed.items(vaultId)).toEqual(store.items(vaultId));
    expect(indexed.entry(idOf(item))).toEqual(store.entry(idOf(item)));
    using open = indexed.read(idOf(item));
    expect(open.item.fields[0]?.title).toBe("token");
  });

  it("tells nothing any more once the store is locked (LCK-001)", () => {
    const store = newStore();
    const indexed = indexedStore(store);
    const item = putItem(indexed, putVault(indexed, "Dev"), "GitHub");
    expect(found(indexed, "Dev/GitHub/token")).toBe(idOf(item));
    store.lock();
    for (const path of ["Dev/GitHub/token", "Dev/nothing/token", "x/y/z"]) {
      expect(() => found(indexed, path)).toThrow(StoreError);
    }
  });
});
