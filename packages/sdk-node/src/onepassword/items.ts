// SPDX-License-Identifier: Apache-2.0
import {
  type AssentClient,
  AssentError,
  type ItemOutcome,
  type Item as OwnItem,
} from "@assent/sdk-browserless";
import { told, UnsupportedError } from "./errors.ts";
import { readDetails } from "./item-details.ts";
import { attachAll, createFiles, type ItemsFilesApi } from "./item-files.ts";
import { changedItemOf, itemOf, newItemOf, overviewOf } from "./item-shape.ts";
import type {
  Item,
  ItemCreateParams,
  ItemListFilter,
  ItemOverview,
  ItemsDeleteAllResponse,
  ItemsGetAllResponse,
  ItemsUpdateAllResponse,
  ItemUpdateFailureReason,
} from "./item-shapes.ts";
import { put } from "./secrets.ts";
import { type ItemsSharesApi, shares } from "./unsupported.ts";
import type { WriteAccess } from "./write-access.ts";

/** Items. Vaults and items are named by their ids. */
export interface ItemsApi {
  shares: ItemsSharesApi;
  files: ItemsFilesApi;
  create(params: ItemCreateParams): Promise<Item>;
  createAll(
    vaultId: string,
    params: ItemCreateParams[],
  ): Promise<ItemsUpdateAllResponse>;
  get(vaultId: string, itemId: string): Promise<Item>;
  getAll(vaultId: string, itemIds: string[]): Promise<ItemsGetAllResponse>;
  /** @throws AssentError "conflict" when it was changed since it was read */
  put(item: Item): Promise<Item>;
  delete(vaultId: string, itemId: string): Promise<void>;
  deleteAll(
    vaultId: string,
    itemIds: string[],
  ): Promise<ItemsDeleteAllResponse>;
  archive(vaultId: string, itemId: string): Promise<void>;
  list(vaultId: string, ...filters: ItemListFilter[]): Promise<ItemOverview[]>;
}

export function createItems(
  client: AssentClient,
  needWriteAccess: WriteAccess,
): ItemsApi {
  const { items } = client;

  async function shapeOf(own: OwnItem): Promise<Item> {
    return itemOf(own, await readDetails(client, [own]));
  }

  /** Each outcome in its place; `failure` names an error. */
  async function shapesOf<E>(
    outcomes: readonly ItemOutcome[],
    failure: (error: AssentError) => E,
  ) {
    const read = outcomes.flatMap(({ item }) => item ?? []);
    const details = await readDetails(client, read);
    return outcomes.map((outcome) =>
      outcome.item === undefined
        ? { error: failure(outcome.error) }
        : { content: itemOf(outcome.item, details) },
    );
  }

  async function withFiles(
    outcome: ItemOutcome,
    params: ItemCreateParams,
  ): Promise<ItemOutcome> {
    if (outcome.item === undefined) return outcome;
    try {
      return { item: await attachAll(client, outcome.item, params) };
    } catch (error) {
      if (error instanceof AssentError) return { error };
      throw error;
    }
  }

  async function deleteOne(vaultId: string, itemId: string) {
    try {
      await items.delete(vaultId, itemId);
      return {};
    } catch (error) {
      if (!(error instanceof AssentError)) throw error;
      if (!perItem.has(error.code)) throw error;
      return { error: updateFailure(error) };
    }
  }

  return {
    shares,
    files: createFiles(client, needWriteAccess),
    create: (params) =>
      told(async () => {
        const item = newItemOf(params);
        await needWriteAccess();
        const created = await items.create(item);
        return shapeOf(await attachAll(client, created, params));
      }),
    createAll: (vaultId, params) =>
      told(async () => {
        // One that cannot be kept does not hinder the others.
        const drafts = params.map((one) => draftOf({ ...one, vaultId }));
        const fit = drafts.flatMap(({ item }) => item ?? []);
        if (fit.length > 0) await needWriteAccess();
        const outcomes = (await items.createAll(fit)).values();
        const made: ItemOutcome[] = [];
        for (const { params, error } of drafts) {
          const outcome = error ? { error } : outcomes.next().value;
          if (outcome !== undefined)
            made.push(await withFiles(outcome, params));
        }
        return { individualResponses: await shapesOf(made, updateFailure) };
      }),
    get: (vaultId, itemId) =>
      told(async () => shapeOf(await items.get(vaultId, itemId))),
    getAll: (vaultId, itemIds) =>
      told(async () => {
        const outcomes = await items.getAll(vaultId, itemIds);
        const individualResponses = await shapesOf(outcomes, readFailure);
        return { individualResponses };
      }),
    put: (item) =>
      told(async () => {
        const present = await items.get(item.vaultId, item.id);
        const changed = changedItemOf(item, present);
        for (const { value } of present.fields) value[Symbol.dispose]();
        present.notes[Symbol.dispose]();
        await needWriteAccess();
        return shapeOf(await items.put(changed));
      }),
    delete: (vaultId, itemId) =>
      told(async () => {
        await needWriteAccess();
        await items.delete(vaultId, itemId);
      }),
    deleteAll: (vaultId, itemIds) =>
      told(async () => {
        const individualResponses: ItemsDeleteAllResponse["individualResponses"] =
          {};
        if (itemIds.length > 0) await needWriteAccess();
        try {
          await items.deleteAll(vaultId, itemIds);
          for (const id of itemIds) put(individualResponses, id, {});
        } catch (error) {
          // All or none: as one is missing, each is tried by itself.
          const isMissing =
            error instanceof AssentError && error.code === "not-found";
          if (!isMissing) throw error;
          for (const id of new Set(itemIds)) {
            put(individualResponses, id, await deleteOne(vaultId, id));
          }
        }
        return { individualResponses };
      }),
    archive: (vaultId, itemId) =>
      told(async () => {
        await needWriteAccess();
        await items.archive(vaultId, itemId);
      }),
    list: (vaultId, ...filters) =>
      told(async () => {
        const states = filters.map(({ content }) => content);
        if (states.length === 0) states.push({ active: true, archived: false });
        const archived = states.some((state) => state.archived);
        const active = states.some((state) => state.active);
        return (await items.list(vaultId, { archived }))
          .filter((one) => (one.archived ? archived : active))
          .map(overviewOf);
      }),
  };
}

function draftOf(params: ItemCreateParams) {
  try {
    return { params, item: newItemOf(params) };
  } catch (error) {
    if (error instanceof UnsupportedError) return { params, error };
    throw error;
  }
}

const perItem: ReadonlySet<string> = new Set(["not-found", "out-of-scope"]);

function updateFailure({
  code,
  message,
}: AssentError): ItemUpdateFailureReason {
  switch (code) {
    case "invalid":
    case "unsupported":
      return { type: "itemValidationError", message };
    case "out-of-scope":
      return { type: "itemStatusPermissionError" };
    case "conflict":
      return { type: "itemStatusIncorrectItemVersion" };
    case "not-found":
      return { type: "itemNotFound" };
    default:
      return { type: "internal", message };
  }
}

function readFailure({ code, message }: AssentError) {
  return code === "not-found"
    ? { type: "itemNotFound" as const }
    : { type: "internal" as const, message };
}
