// SPDX-License-Identifier: Apache-2.0
import { ItemSchema, limits } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { expect } from "vitest";
import { createId, isId } from "../crypto/id.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  all,
  contentOf,
  draft,
  file,
  newVault,
  refusal,
  stored,
  utf8,
  valuesOf,
} from "./store-drafts.fixture.ts";
import type { Facts } from "./store-facts.fixture.ts";

/** Bytes of which no two neighbours of a chunk are alike. */
function bytesOf(size: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed) % 251);
}

/** What every store does with the files of items. */
export const fileFacts: Facts = {
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
};
