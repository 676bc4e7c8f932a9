// SPDX-License-Identifier: Apache-2.0
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
import { expect } from "vitest";
import { createId, isId } from "../crypto/id.ts";
import { systemRandom } from "../crypto/random.ts";
import { StoreError } from "./store.ts";
import {
  draft,
  newVault,
  refusal,
  stored,
  utf8,
  valuesOf,
} from "./store-drafts.fixture.ts";
import type { Facts } from "./store-facts.fixture.ts";

/** What every store does with vaults and items. */
export const itemFacts: Facts = {
  "a new item gets ids, times, kinds and the first revision": (account) => {
    const { store } = account.open(() => 5_000.7);
    const vaultId = newVault(store);
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
  },

  "each change raises the revision by one and keeps when it was made": (
    account,
  ) => {
    let nowMs = 1_000;
    const { store } = account.open(() => nowMs);
    const vaultId = newVault(store);
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
  },

  "a stale revision is a conflict and changes nothing": (account) => {
    const { store } = account.open();
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
  },

  "an item moves to another vault whole": (account) => {
    const { store, close } = account.open();
    const [from, to] = [newVault(store, "A"), newVault(store, "B")];
    const item = stored(store.putItem(draft(from)));
    item.overview.vaultId = to;
    expect(store.putItem(item).revision).toBe(2n);
    expect(store.items(from)).toEqual([]);
    expect(store.items(to).map(({ revision }) => revision)).toEqual([2n]);
    expect(store.vault(from)?.itemCount).toBe(0);
    expect(store.vault(to)?.itemCount).toBe(1);
    close();
    const again = account.open().store;
    expect(valuesOf(again, item.overview.id)).toEqual(["me", "token"]);
    expect(again.entry(item.overview.id)?.overview.vaultId).toBe(to);
  },

  "everything is there again after the file was closed and opened": (
    account,
  ) => {
    const first = account.open();
    const vaultId = first.store.putVault(
      create(VaultSchema, { name: "Dev", description: "for work" }),
    ).id;
    const item = stored(first.store.putItem(draft(vaultId)));
    const gone = stored(first.store.putItem(draft(vaultId, "gone")));
    first.store.deleteItem(gone.overview.id);
    const before = first.store.items(vaultId);
    first.close();
    const { store } = account.open();
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
  },

  "vaults are in order of name, items in order of title": (account) => {
    const { store } = account.open();
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
  },

  "a vault is renamed and described; deleting it deletes its items": (
    account,
  ) => {
    const { store, close } = account.open();
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
    close();
    const again = account.open().store;
    expect(again.vaults().map(({ name }) => name)).toEqual(["Other"]);
    expect(valuesOf(again, kept.overview.id)).toEqual(["me", "token"]);
  },

  "what is not there is not-found": (account) => {
    const { store } = account.open();
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
  },

  "a malformed item or vault is invalid and changes nothing": (account) => {
    const { store } = account.open();
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
  },

  "what a later schema added is not kept": (account) => {
    const { store } = account.open();
    const item = draft(newVault(store));
    const unknown = [{ no: 99, wireType: 2, data: utf8("\u0001x") }];
    Object.assign(item, { $unknown: unknown });
    const put = stored(store.putItem(item));
    using opened = store.read(put.overview.id);
    expect(opened.item.$unknown).toBeUndefined();
    expect(put.$unknown).toBeUndefined();
  },

  "the values of an item are zeroed when it is closed": (account) => {
    const { store } = account.open();
    const item = stored(store.putItem(draft(newVault(store))));
    const opened = store.read(item.overview.id);
    const [field] = opened.item.fields;
    opened[Symbol.dispose]();
    expect(field?.value.every((byte) => byte === 0)).toBe(true);
  },

  "new items are made together: all that are right, each refusal in its place":
    (account) => {
      const { store } = account.open();
      const vaultId = newVault(store);
      const first = store.putItem(draft(vaultId));
      const nameless = draft(vaultId, "");
      const outcomes = store.createItems([
        draft(vaultId),
        nameless,
        first,
        draft("nowhere"),
        draft(vaultId),
      ]);
      expect(
        outcomes.map((one) =>
          one instanceof StoreError ? one.failure : "item",
        ),
      ).toEqual(["item", "invalid", "invalid", "not-found", "item"]);
      expect(store.items(vaultId).length).toBe(3);
      expect(store.createItems([])).toEqual([]);
    },
};
