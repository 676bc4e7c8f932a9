// SPDX-License-Identifier: Apache-2.0
import {
  type ItemOverview,
  ItemOverviewSchema,
  parseSecretReference,
  ReferenceFailure,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNameIndex, type IndexedStore } from "./name-index.ts";
import { matchReference } from "./reference.ts";
import type { ItemEntry } from "./store.ts";

/** A store that counts how often it is asked for everything at once. */
class PlainStore implements IndexedStore {
  readonly vaultsById = new Map<string, { id: string; name: string }>();
  readonly entries = new Map<string, ItemEntry>();
  listed = 0;

  vaults() {
    this.listed += 1;
    return [...this.vaultsById.values()] as never;
  }
  vault(vaultId: string) {
    return this.vaultsById.get(vaultId) as never;
  }
  items(vaultId: string) {
    this.listed += 1;
    return [...this.entries.values()].filter(
      ({ overview }) => overview.vaultId === vaultId,
    );
  }
  entry(itemId: string) {
    return this.entries.get(itemId);
  }
  put(overview: Partial<ItemOverview> & { id: string }) {
    const old = this.entries.get(overview.id)?.overview;
    this.entries.set(overview.id, {
      overview: create(ItemOverviewSchema, { ...old, ...overview } as never),
      revision: 1n,
      sections: [],
      fields: [{ id: "f", title: "f", sectionId: "", type: 1 }],
      files: [],
    });
  }
  deleteVault(vaultId: string) {
    this.vaultsById.delete(vaultId);
    for (const [id, { overview }] of this.entries) {
      if (overview.vaultId === vaultId) this.entries.delete(id);
    }
  }
}

const matched = (index: ReturnType<typeof createNameIndex>, path: string) => {
  const outcome = matchReference(index, parseSecretReference(`op://${path}`));
  return "match" in outcome ? outcome.match.itemId : outcome.failure;
};

describe("a name index", () => {
  const build = () => {
    const store = new PlainStore();
    store.vaultsById.set("v", { id: "v", name: "V" });
    store.vaultsById.set("w", { id: "w", name: "W" });
    for (const [id, title] of [
      ["a", "One"],
      ["b", "Two"],
      ["c", "Three"],
    ] as const) {
      store.put({ id, title, vaultId: "v" });
    }
    return { store, index: createNameIndex(store) };
  };

  it("finds an item without asking the store for all of them", () => {
    const { store, index } = build();
    const before = store.listed;
    expect(matched(index, "V/one/f")).toBe("a");
    expect(matched(index, "V/b/f")).toBe("b");
    expect(matched(index, "v/nothing/f")).toBe(ReferenceFailure.ITEM_NOT_FOUND);
    expect(matched(index, "X/one/f")).toBe(ReferenceFailure.VAULT_NOT_FOUND);
    expect(store.listed).toBe(before);
  });

  it("follows an item that is created, renamed, moved, archived and deleted", () => {
    const { store, index } = build();
    store.put({ id: "d", title: "One", vaultId: "v" });
    index.itemChanged("d");
    expect(matched(index, "V/One/f")).toBe(ReferenceFailure.TOO_MANY_ITEMS);
    store.put({ id: "d", title: "Four" });
    index.itemChanged("d");
    expect(matched(index, "V/One/f")).toBe("a");
    expect(matched(index, "V/four/f")).toBe("d");
    store.put({ id: "d", vaultId: "w" });
    index.itemChanged("d");
    expect(matched(index, "V/Four/f")).toBe(ReferenceFailure.ITEM_NOT_FOUND);
    expect(matched(index, "W/Four/f")).toBe("d");
    store.put({ id: "d", archived: true });
    index.itemChanged("d");
    expect(index.itemsNamed("w", "FOUR")).toEqual([]);
    store.put({ id: "d", archived: false });
    index.itemChanged("d");
    store.entries.delete("d");
    index.itemChanged("d");
    expect(matched(index, "W/Four/f")).toBe(ReferenceFailure.ITEM_NOT_FOUND);
  });

  it("follows a vault that is created, renamed and deleted with its items", () => {
    const { store, index } = build();
    store.vaultsById.set("x", { id: "x", name: "v" });
    index.vaultChanged("x");
    expect(matched(index, "V/One/f")).toBe(ReferenceFailure.TOO_MANY_VAULTS);
    store.vaultsById.set("x", { id: "x", name: "X" });
    index.vaultChanged("x");
    expect(matched(index, "V/One/f")).toBe("a");
    store.deleteVault("v");
    index.vaultChanged("v");
    expect(matched(index, "V/One/f")).toBe(ReferenceFailure.VAULT_NOT_FOUND);
    store.put({ id: "a", title: "One", vaultId: "v" });
    expect(index.itemsNamed("v", "ONE")).toEqual([]);
  });

  it("always answers as a look through everything would", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const vaultId = fc.constantFrom("v", "w", "x");
    const name = fc.constantFrom("V", "v", "One", "ONE ", "Two", "");
    const change = fc.oneof(
      fc.record({ id, title: name, vaultId, archived: fc.boolean() }),
      fc.record({ id, gone: fc.constant(true) }),
      fc.record({ vault: vaultId, name }),
      fc.record({ vault: vaultId, gone: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const { store, index } = build();
        for (const one of changes) {
          if ("vault" in one) {
            if ("gone" in one) store.deleteVault(one.vault);
            else
              store.vaultsById.set(one.vault, {
                id: one.vault,
                name: one.name,
              });
            index.vaultChanged(one.vault);
          } else if ("gone" in one) {
            store.entries.delete(one.id);
            index.itemChanged(one.id);
          } else if (store.vaultsById.has(one.vaultId)) {
            store.put(one);
            index.itemChanged(one.id);
          }
        }
        for (const vault of ["V", "v", "w", "One", "Two", ""]) {
          for (const title of ["One", "two", "a", "d", ""]) {
            const reference = parseSecretReference(`op://${vault}/${title}/f`);
            expect(matchReference(index, reference)).toEqual(
              matchReference(store, reference),
            );
          }
        }
      }),
    );
  });
});
