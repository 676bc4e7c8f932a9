// SPDX-License-Identifier: Apache-2.0
import {
  FieldType,
  type Item,
  ItemSchema,
  VaultSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import {
  type AccountStore,
  type FileDraft,
  StoreError,
  type StoreFailure,
} from "./store.ts";

/** Text as bytes. */
export const utf8 = (text: string) => new TextEncoder().encode(text);

/** An item with two fields, of which the second is concealed, tags, a section and notes. */
export function draft(
  vaultId: string,
  title = "GitHub",
  value = "token",
): Item {
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

/** Make a vault; its id. */
export function newVault(store: AccountStore, name = "Dev"): string {
  return store.putVault(create(VaultSchema, { name })).id;
}

/** An item as a store gives it: with its overview. */
export function stored(item: Item) {
  const { overview } = item;
  if (overview === undefined) throw new Error("no overview");
  return { ...item, overview };
}

/** Why a store refuses; an error where it does not. */
export function refusal(use: () => unknown): StoreFailure {
  try {
    use();
  } catch (error) {
    if (error instanceof StoreError) return error.failure;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** The values of all fields of an item. */
export function valuesOf(store: AccountStore, itemId: string): string[] {
  using opened = store.read(itemId);
  return opened.item.fields.map(({ value }) => Buffer.from(value).toString());
}

/** The whole of a file. */
export const all = { offset: 0, length: Number.MAX_SAFE_INTEGER };

/** A copy of the whole content of a file. */
export function contentOf(
  store: AccountStore,
  itemId: string,
  fileId: string,
): Buffer {
  using opened = store.readFile(itemId, fileId, all);
  return Buffer.from(opened.bytes);
}

/** A file as it is put: new where it has no id. */
export function file(
  name: string,
  { id = "", sectionId = "" } = {},
): FileDraft {
  return { id, name, sectionId };
}
