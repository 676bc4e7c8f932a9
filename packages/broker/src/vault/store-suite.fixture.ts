// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  FieldSchema,
  FieldType,
  type Item,
  ItemSchema,
  limits,
  VaultSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { createId, isId } from "../crypto/id.ts";
import { publicKeyOf } from "../crypto/key-pair.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  type AccountStore,
  type FileDraft,
  StoreError,
  type StoreFailure,
} from "./store.ts";

/** A store that is open, and how it ends. */
export interface SuiteStore {
  readonly store: AccountStore;
  /** As the broker locks an account: every method then throws "locked". */
  readonly lock: () => void;
  /** Lock it, and give up what it is kept in. */
  readonly close: () => void;
}

/** One empty account of the kind of store that is judged. */
export interface SuiteAccount {
  /** Open it, again after it was closed. `now`: the time of day, milliseconds. */
  readonly open: (now?: () => number) => SuiteStore;
}

/**
 * What every kind of store must do, whatever it keeps an account in: the facts
 * of `AccountStore` as tests. `newAccount` makes an account of its own for each;
 * what is to be cleaned up is the caller's.
 *
 * @example storeSuite("the sealed file", newAccount)
 */
export function storeSuite(name: string, newAccount: () => SuiteAccount): void {
  describe(name, () => {
    for (const [fact, judge] of Object.entries(facts)) {
      test(fact, () => judge(newAccount()));
    }
  });
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

function newVault(store: AccountStore, name = "Dev"): string {
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

function valuesOf(store: AccountStore, itemId: string): string[] {
  using opened = store.read(itemId);
  return opened.item.fields.map(({ value }) => Buffer.from(value).toString());
}

const all = { offset: 0, length: Number.MAX_SAFE_INTEGER };

function contentOf(
  store: AccountStore,
  itemId: string,
  fileId: string,
): Buffer {
  using opened = store.readFile(itemId, fileId, all);
  return Buffer.from(opened.bytes);
}

/** Bytes of which no two neighbours of a chunk are alike. */
function bytesOf(size: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed) % 251);
}

function file(name: string, { id = "", sectionId = "" } = {}): FileDraft {
  return { id, name, sectionId };
}

type Fact = (account: SuiteAccount) => void;

const facts: Readonly<Record<string, Fact>> = {
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

  "a file is there whole, in any part, and after the account was opened again":
    (account) => {
      const { store, close } = account.open();
      const item = stored(store.putItem(draft(newVault(store))));
      const { id } = item.overview;
      const sizes = [0, 1, 4_095, 4_096, 262_143, 262_144, 262_145, 700_000];
      let revision = item.revision;
      const files = sizes.map((size) => {
        const put = store.putFile(
          id,
          revision++,
          file(`f${size}`),
          bytesOf(size),
        );
        expect(put).toMatchObject({ name: `f${size}`, size: BigInt(size) });
        expect(isId(put.id)).toBe(true);
        return put;
      });
      expect(store.entry(id)?.revision).toBe(revision);
      expect(store.entry(id)?.files.map(({ name }) => name)).toEqual(
        sizes.map((size) => `f${size}`),
      );
      close();
      const again = account.open().store;
      for (const { id: fileId, size } of files) {
        const whole = Buffer.from(bytesOf(Number(size)));
        expect(contentOf(again, id, fileId).equals(whole)).toBe(true);
        for (const [offset, length] of [
          [0, 0],
          [0, 10],
          [262_140, 8],
          [100_000, 400_000],
          [699_999, 10],
          [700_000, 1],
          [Number.MAX_SAFE_INTEGER, 1],
        ] as const) {
          using part = again.readFile(id, fileId, { offset, length });
          const wanted = whole.subarray(offset, offset + length);
          expect(Buffer.compare(part.bytes, wanted)).toBe(0);
        }
      }
      using opened = again.read(id);
      expect(opened.item.files).toMatchObject(
        sizes.map((size) => ({ name: `f${size}`, size: BigInt(size) })),
      );
      expect(valuesOf(again, id)).toEqual(["me", "token"]);
    },

  "a change of the item leaves its files as they are": (account) => {
    const { store, close } = account.open();
    const item = stored(store.putItem(draft(newVault(store))));
    const { id } = item.overview;
    const other = newVault(store, "Other");
    const put = store.putFile(
      id,
      1n,
      file("a", { sectionId: "sec" }),
      utf8("A"),
    );
    expect(put.sectionId).toBe("sec");
    item.overview.vaultId = other;
    const moved = store.putItem(
      create(ItemSchema, { ...item, revision: 2n, sections: [], fields: [] }),
    );
    expect(moved.files).toEqual([{ ...put, sectionId: "" }]);
    store.archiveItem(id);
    close();
    const again = account.open().store;
    expect(contentOf(again, id, put.id).toString()).toBe("A");
    expect(again.entry(id)?.revision).toBe(4n);
  },

  "a file is replaced in its place, and is the old one no more": (account) => {
    const { store } = account.open();
    const { id } = stored(store.putItem(draft(newVault(store)))).overview;
    const first = store.putFile(id, 1n, file("a"), bytesOf(600_000));
    const second = store.putFile(id, 2n, file("b"), utf8("B"));
    const kept = { id: first.id };
    const put = store.putFile(id, 3n, file("", kept), utf8("new"));
    expect(put).toMatchObject({ id: first.id, name: "a", size: 3n });
    expect(contentOf(store, id, first.id).toString()).toBe("new");
    expect(store.putFile(id, 4n, file("c", kept), utf8("")).name).toBe("c");
    expect(contentOf(store, id, second.id).toString()).toBe("B");
    expect(store.entry(id)?.files.map(({ name }) => name)).toEqual(["c", "b"]);
  },

  "a file goes alone, with its item, and with its vault": (account) => {
    const { store } = account.open();
    const vaultId = newVault(store);
    const { id } = stored(store.putItem(draft(vaultId))).overview;
    const a = store.putFile(id, 1n, file("a"), utf8("A"));
    const b = store.putFile(id, 2n, file("b"), utf8("B"));
    store.deleteFile(id, 3n, a.id);
    expect(store.entry(id)?.revision).toBe(4n);
    expect(store.entry(id)?.files.map(({ name }) => name)).toEqual(["b"]);
    expect(refusal(() => store.readFile(id, a.id, all))).toBe("not-found");
    expect(contentOf(store, id, b.id).toString()).toBe("B");
    store.deleteItem(id);
    expect(refusal(() => store.readFile(id, b.id, all))).toBe("not-found");
    const last = stored(store.putItem(draft(vaultId))).overview.id;
    const c = store.putFile(last, 1n, file("c"), utf8("C"));
    store.deleteVault(vaultId);
    expect(refusal(() => store.readFile(last, c.id, all))).toBe("not-found");
  },

  "a file that cannot be put or deleted leaves everything as it was": (
    account,
  ) => {
    const { store } = account.open();
    const { id } = stored(store.putItem(draft(newVault(store)))).overview;
    const put = store.putFile(id, 1n, file("a"), utf8("A"));
    const nowhere = createId(systemRandom);
    const content = utf8("new");
    const same = { id: put.id };
    for (const revision of [0n, 1n, 3n]) {
      expect(
        refusal(() => store.putFile(id, revision, file("b"), content)),
      ).toBe("conflict");
      expect(
        refusal(() => store.putFile(id, revision, file("a", same), content)),
      ).toBe("conflict");
      expect(refusal(() => store.deleteFile(id, revision, put.id))).toBe(
        "conflict",
      );
    }
    for (const wrong of [
      file(""),
      file(" "),
      file(nowhere),
      file("x".repeat(limits.nameLength + 1)),
      file("b", { sectionId: "none" }),
    ]) {
      expect(refusal(() => store.putFile(id, 2n, wrong, content))).toBe(
        "invalid",
      );
    }
    const large = new Uint8Array(limits.fileBytes + 1);
    expect(refusal(() => store.putFile(id, 2n, file("b"), large))).toBe(
      "invalid",
    );
    for (const use of [
      () => store.putFile(nowhere, 1n, file("b"), content),
      () => store.putFile(id, 2n, file("b", { id: nowhere }), content),
      () => store.deleteFile(id, 2n, nowhere),
      () => store.deleteFile(nowhere, 1n, put.id),
      () => store.readFile(nowhere, put.id, all),
      () => store.readFile(id, nowhere, all),
    ]) {
      expect(refusal(use)).toBe("not-found");
    }
    expect(store.entry(id)?.revision).toBe(2n);
    expect(store.entry(id)?.files.map(({ name }) => name)).toEqual(["a"]);
    expect(contentOf(store, id, put.id).toString()).toBe("A");
  },

  "an item has so many files and no more": (account) => {
    const { store } = account.open();
    const { id } = stored(store.putItem(draft(newVault(store)))).overview;
    const names = Array.from({ length: limits.files }, (_, at) => `f${at}`);
    names.forEach((each, at) => {
      store.putFile(id, BigInt(at + 1), file(each), utf8(each));
    });
    const revision = BigInt(limits.files + 1);
    const put = () => store.putFile(id, revision, file("more"), utf8(""));
    expect(refusal(put)).toBe("invalid");
    const [first] = store.entry(id)?.files ?? [];
    store.deleteFile(id, revision, first?.id ?? "");
    const last = store.putFile(id, revision + 1n, file("more"), utf8("m"));
    expect(contentOf(store, id, last.id).toString()).toBe("m");
  },

  "a locked store tells nothing, and what was open is zeroed (LCK-002)": (
    account,
  ) => {
    const { store, lock } = account.open();
    const vaultId = newVault(store);
    const item = store.putItem(draft(vaultId));
    const { id } = stored(item).overview;
    const { id: fileId } = store.putFile(id, 1n, file("a"), utf8("content"));
    const { item: open } = store.read(id);
    const content = store.readFile(id, fileId, all).bytes;
    const closed = store.readFile(id, fileId, all);
    const { privateLogKey } = store;
    expect(publicKeyOf(privateLogKey)).toEqual(store.publicLogKey);
    closed[Symbol.dispose]();
    expect(isZeroed(closed.bytes)).toBe(true);
    expect(isZeroed(content)).toBe(false);
    lock();
    lock();
    expect(open.fields.every(({ value }) => isZeroed(value))).toBe(true);
    for (const bytes of [open.notes, privateLogKey, content]) {
      expect(isZeroed(bytes)).toBe(true);
    }
    const uses: (() => unknown)[] = [
      () => store.vaults(),
      () => store.vault(vaultId),
      () => store.items(vaultId),
      () => store.entry(id),
      () => store.read(id),
      () => store.putVault(create(VaultSchema, { name: "x" })),
      () => store.deleteVault(vaultId),
      () => store.putItem(item),
      () => store.createItems([draft(vaultId)]),
      () => store.archiveItem(id),
      () => store.deleteItem(id),
      () => store.readFile(id, fileId, all),
      () => store.putFile(id, 2n, file("b"), utf8("b")),
      () => store.deleteFile(id, 2n, fileId),
      () => store.privateLogKey,
    ];
    for (const use of uses) expect(refusal(use)).toBe("locked");
  },
};

function isZeroed(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
