// SPDX-License-Identifier: Apache-2.0
import { UnsupportedError } from "./errors.ts";
import type {
  DocumentCreateParams,
  FileAttributes,
  FileCreateParams,
  Item,
  ItemCreateParams,
} from "./item-shapes.ts";
import { refuse } from "./unsupported.ts";

/** Files of items: every method throws an UnsupportedError so far. */
export interface ItemsFilesApi {
  attach(item: Item, fileParams: FileCreateParams): Promise<Item>;
  read(
    vaultId: string,
    itemId: string,
    attr: FileAttributes,
  ): Promise<Uint8Array>;
  delete(item: Item, sectionId: string, fieldId: string): Promise<Item>;
  replaceDocument(item: Item, docParams: DocumentCreateParams): Promise<Item>;
}

const why =
  "Files of items are not there yet. Keep a small text in a concealed field.";
const refused = refuse(why);

export const files: ItemsFilesApi = {
  attach: refused,
  read: refused,
  delete: refused,
  replaceDocument: refused,
};

/** @throws UnsupportedError when an item is to be made with files */
export function refuseFiles({ files = [], document }: ItemCreateParams): void {
  if (files.length > 0 || document !== undefined) {
    throw new UnsupportedError(why);
  }
}
