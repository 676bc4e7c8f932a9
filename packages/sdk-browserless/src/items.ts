// SPDX-License-Identifier: Apache-2.0
import {
  GetItemsSchema,
  type Item as ItemMessage,
  ListItemsSchema,
  limits,
  PutItemsSchema,
  RemoveItemsSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError } from "./error.ts";
import { createFiles, type Files } from "./files.ts";
import type { ChangedItem, Item, ItemOverview, NewItem } from "./item.ts";
import {
  changedItemMessage,
  clearItem,
  newItemMessage,
  readOverview,
} from "./item-message.ts";
import {
  type ItemOutcome,
  readOutcome,
  readOutcomes,
} from "./item-outcomes.ts";
import type { Request, Requester } from "./requester.ts";

/** What `list` gives, and the limits of the call. */
export interface ListOptions extends CallOptions {
  /** Archived items too. Default: false. */
  readonly archived?: boolean;
}

/** The items of the account, as far as they are within what was granted. */
export interface Items {
  /** The files of items: read, attach, replace, delete. */
  readonly files: Files;
  /** All items of a vault (id or name) without their secrets, in order of title. */
  list(vault: string, options?: ListOptions): Promise<readonly ItemOverview[]>;
  /**
   * One whole item, of a vault (id or name) by its id.
   *
   * @throws AssentError "not-found", "out-of-scope", and as every call
   */
  get(vault: string, itemId: string, options?: CallOptions): Promise<Item>;
  /**
   * Several items of a vault, with an outcome for each, in order. Asks for
   * fewer at once where an answer would be too large.
   */
  getAll(
    vault: string,
    itemIds: readonly string[],
    options?: CallOptions,
  ): Promise<readonly ItemOutcome[]>;
  /** Store a new item. Needs access to write; so do the others below. */
  create(item: NewItem, options?: CallOptions): Promise<Item>;
  /**
   * Store up to 1,000 new items in one step, with an outcome for each, in
   * order. One that cannot be stored does not hinder the others.
   *
   * @throws AssentError "limit-exceeded" for more than one message holds
   */
  createAll(
    items: readonly NewItem[],
    options?: CallOptions,
  ): Promise<readonly ItemOutcome[]>;
  /**
   * Replace an item with a changed one.
   *
   * @throws AssentError "conflict" when it was changed since it was read
   */
  put(item: ChangedItem, options?: CallOptions): Promise<Item>;
  /** It then no longer matches a reference; `put` with `archived: false` brings it back. */
  archive(
    vaultId: string,
    itemId: string,
    options?: CallOptions,
  ): Promise<void>;
  delete(vaultId: string, itemId: string, options?: CallOptions): Promise<void>;
  /**
   * Delete up to 1,000 items of a vault: all of them, or none.
   *
   * @throws AssentError "not-found" when one of them is not there
   */
  deleteAll(
    vaultId: string,
    itemIds: readonly string[],
    options?: CallOptions,
  ): Promise<void>;
}

export function createItems(requester: Requester): Items {
  function store<T extends NewItem>(
    compose: (item: T) => ItemMessage,
    item: T,
    options: CallOptions | undefined,
  ): Promise<Item> {
    return requester(options, async (request) => {
      const message = compose(item);
      const value = create(PutItemsSchema, { items: [message] });
      try {
        return readOutcome(
          await request("changes", { case: "putItems", value }, "itemOutcomes"),
        );
      } finally {
        clearItem(message);
      }
    });
  }

  function remove(
    vaultId: string,
    itemIds: string[],
    archive: boolean,
    options: CallOptions | undefined,
  ): Promise<void> {
    return requester(options, async (request) => {
      const value = create(RemoveItemsSchema, { vaultId, itemIds, archive });
      await request("changes", { case: "removeItems", value }, "done");
    });
  }

  return {
    files: createFiles(requester),
    list: (vault, options = {}) =>
      requester(options, async (request) => {
        const items: ItemOverview[] = [];
        const { archived = false } = options;
        let pageToken = "";
        do {
          const value = create(ListItemsSchema, { vault, archived, pageToken });
          const page = await request(
            "reads",
            { case: "listItems", value },
            "itemOverviews",
          );
          items.push(...page.items.map(readOverview));
          // A page that leads nowhere would be asked for again and again.
          const goesOn = page.items.length > 0 || page.nextPageToken === "";
          if (!goesOn) throw new AssentError("malformed-answer");
          pageToken = page.nextPageToken;
        } while (pageToken !== "");
        return items;
      }),
    get: (vault, itemId, options) =>
      requester(options, async (request) => {
        const value = create(GetItemsSchema, { vault, itemIds: [itemId] });
        return readOutcome(
          await request("reads", { case: "getItems", value }, "itemOutcomes"),
        );
      }),
    getAll: (vault, itemIds, options) =>
      requester(options, (request) => readAll(request, vault, itemIds)),
    createAll: (items, options) =>
      requester(options, async (request) => {
        if (items.length === 0) return [];
        const messages: ItemMessage[] = [];
        try {
          for (const item of items) messages.push(newItemMessage(item));
          const value = create(PutItemsSchema, { items: messages });
          return readOutcomes(
            await request(
              "changes",
              { case: "putItems", value },
              "itemOutcomes",
            ),
            messages.length,
          );
        } finally {
          messages.forEach(clearItem);
        }
      }),
    create: (item, options) => store(newItemMessage, item, options),
    put: (item, options) => store(changedItemMessage, item, options),
    archive: (vaultId, itemId, options) =>
      remove(vaultId, [itemId], true, options),
    delete: (vaultId, itemId, options) =>
      remove(vaultId, [itemId], false, options),
    deleteAll: async (vaultId, itemIds, options) => {
      if (itemIds.length > 0)
        await remove(vaultId, [...itemIds], false, options);
    },
  };
}

/** The items of as many requests as it takes. */
async function readAll(
  request: Request,
  vault: string,
  itemIds: readonly string[],
): Promise<ItemOutcome[]> {
  const half = Math.ceil(itemIds.length / 2);
  const halves = async () => [
    ...(await readAll(request, vault, itemIds.slice(0, half))),
    ...(await readAll(request, vault, itemIds.slice(half))),
  ];
  if (itemIds.length === 0) return [];
  if (itemIds.length > limits.items) return halves();
  try {
    const value = create(GetItemsSchema, { vault, itemIds: [...itemIds] });
    return readOutcomes(
      await request("reads", { case: "getItems", value }, "itemOutcomes"),
      itemIds.length,
    );
  } catch (error) {
    const isTooLarge =
      error instanceof AssentError && error.code === "limit-exceeded";
    if (!isTooLarge || itemIds.length === 1) throw error;
    return halves();
  }
}
