// SPDX-License-Identifier: Apache-2.0
import type { AssentClient, Item as OwnItem } from "@assent/sdk-browserless";
import { told } from "./errors.ts";
import { readDetails } from "./item-details.ts";
import { itemOf } from "./item-shape.ts";
import type {
  DocumentCreateParams,
  FileAttributes,
  FileCreateParams,
  Item,
  ItemCreateParams,
} from "./item-shapes.ts";
import type { WriteAccess } from "./write-access.ts";

/** The files of items, 32 MiB each at most. The id of a file is also its field's. */
export interface ItemsFilesApi {
  /** The file gets an id of its own, whatever `fieldId` says. */
  attach(item: Item, fileParams: FileCreateParams): Promise<Item>;
  read(
    vaultId: string,
    itemId: string,
    attr: FileAttributes,
  ): Promise<Uint8Array>;
  delete(item: Item, sectionId: string, fieldId: string): Promise<Item>;
  /** Replaces the file of a document, or attaches one if it has none. */
  replaceDocument(item: Item, docParams: DocumentCreateParams): Promise<Item>;
}

export function createFiles(
  client: AssentClient,
  needWriteAccess: WriteAccess,
): ItemsFilesApi {
  const { files } = client.items;

  function change(make: () => Promise<OwnItem>): Promise<Item> {
    return told(async () => {
      await needWriteAccess();
      const own = await make();
      return itemOf(own, await readDetails(client, [own]));
    });
  }

  return {
    attach: (item, { name, content, sectionId }) =>
      change(() => files.attach(stateOf(item), { name, content, sectionId })),
    read: (vaultId, itemId, { id }) =>
      told(() => files.read(vaultId, itemId, { id })),
    delete: (item, _sectionId, fieldId) =>
      change(() => files.delete(stateOf(item), { id: fieldId })),
    replaceDocument: (item, { name, content }) =>
      change(() =>
        item.document === undefined
          ? files.attach(stateOf(item), { name, content })
          : files.replace(
              stateOf(item),
              { id: item.document.id, sectionId: "" },
              { name, content },
            ),
      ),
  };
}

/**
 * Attach what a new item is to have. An item that does not get all its files is
 * deleted again.
 */
export async function attachAll(
  { items }: AssentClient,
  created: OwnItem,
  { files = [], document }: Pick<ItemCreateParams, "files" | "document">,
): Promise<OwnItem> {
  let item = created;
  try {
    if (document !== undefined) {
      item = await items.files.attach(item, document);
    }
    for (const { name, content, sectionId } of files) {
      item = await items.files.attach(item, { name, content, sectionId });
    }
    return item;
  } catch (error) {
    await items.delete(created.vaultId, created.id);
    throw error;
  }
}

function stateOf({ id, vaultId, version }: Item) {
  return { id, vaultId, revision: String(version) };
}
