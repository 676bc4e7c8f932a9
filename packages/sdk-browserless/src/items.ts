// SPDX-License-Identifier: Apache-2.0
import {
  GetItemsSchema,
  ItemFailure,
  type Item as ItemMessage,
  type ItemOutcomes,
  ListItemsSchema,
  PutItemsSchema,
  RemoveItemsSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError, type ErrorCode } from "./error.ts";
import type { ChangedItem, Item, ItemOverview, NewItem } from "./item.ts";
import {
  changedItemMessage,
  clearItem,
  newItemMessage,
  readItem,
  readOverview,
} from "./item-message.ts";
import type { Requester } from "./requester.ts";

/** What `list` gives, and the limits of the call. */
export interface ListOptions extends CallOptions {
  /** Archived items too. Default: false. */
  readonly archived?: boolean;
}

/** The items of the account, as far as they are within what was granted. */
export interface Items {
  /** All items of a vault (id or name) without their secrets, in order of title. */
  list(vault: string, options?: ListOptions): Promise<readonly ItemOverview[]>;
  /**
   * One whole item, of a vault (id or name) by its id.
   *
   * @throws AssentError "not-found", "out-of-scope", and as every call
   */
  get(vault: string, itemId: string, options?: CallOptions): Promise<Item>;
  /** Store a new item. Needs access to write; so do the others below. */
  create(item: NewItem, options?: CallOptions): Promise<Item>;
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
        return readOne(
          await request("changes", { case: "putItems", value }, "itemOutcomes"),
        );
      } finally {
        clearItem(message);
      }
    });
  }

  function remove(
    vaultId: string,
    itemId: string,
    archive: boolean,
    options: CallOptions | undefined,
  ): Promise<void> {
    return requester(options, async (request) => {
      const itemIds = [itemId];
      const value = create(RemoveItemsSchema, { vaultId, itemIds, archive });
      await request("changes", { case: "removeItems", value }, "done");
    });
  }

  return {
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
        return readOne(
          await request("reads", { case: "getItems", value }, "itemOutcomes"),
        );
      }),
    create: (item, options) => store(newItemMessage, item, options),
    put: (item, options) => store(changedItemMessage, item, options),
    archive: (vaultId, itemId, options) =>
      remove(vaultId, itemId, true, options),
    delete: (vaultId, itemId, options) =>
      remove(vaultId, itemId, false, options),
  };
}

const codes: ReadonlyMap<number, ErrorCode> = new Map<ItemFailure, ErrorCode>([
  [ItemFailure.NOT_FOUND, "not-found"],
  [ItemFailure.CONFLICT, "conflict"],
  [ItemFailure.INVALID, "invalid"],
  [ItemFailure.OUT_OF_SCOPE, "out-of-scope"],
]);

function readOne({ outcomes }: ItemOutcomes): Item {
  const [outcome, more] = outcomes.map((each) => each.outcome);
  if (more !== undefined) throw new AssentError("malformed-answer");
  if (outcome?.case === "item") return readItem(outcome.value as ItemMessage);
  if (outcome?.case !== "failure") throw new AssentError("malformed-answer");
  throw new AssentError(codes.get(outcome.value) ?? "not-approved");
}
