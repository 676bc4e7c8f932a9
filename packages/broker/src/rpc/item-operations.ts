// SPDX-License-Identifier: Apache-2.0
import {
  type GetItems,
  type Item,
  ItemFailure,
  type ItemOutcome,
  ItemOutcomeSchema,
  type ItemOverview,
  type ListItems,
  limits,
  type PutItems,
  Reason,
  type RemoveItems,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { type BoundScope, reachesVault } from "../session/scope.ts";
import type { Grant } from "../session/sessions.ts";
import {
  type AccountStore,
  type ItemEntry,
  StoreError,
} from "../vault/store.ts";
import { sizeOf } from "./item-reader.ts";
import type { OperationContext, Ruling } from "./operation.ts";
import { reachVault } from "./reach.ts";
import { refusal } from "./refusal.ts";

/** Overviews of one vault, a page at a time, in order of title. */
export function listItems(
  request: ListItems,
  { store, grants, cover }: OperationContext,
): Ruling {
  const { vault, grant } = reachVault(request.vault, grants, store, false);
  const size = Math.min(request.pageSize || limits.items, limits.items);
  const entries = store
    .items(vault.id)
    .filter(({ overview }) => request.archived || !overview.archived);
  const start = pageStart(entries, request.pageToken);
  const page = entries.slice(start, start + size);
  const last = page.at(-1);
  const more = start + size < entries.length && last !== undefined;
  cover(grant);
  return {
    result: {
      case: "itemOverviews",
      value: {
        items: page.map((entry) => entry.overview),
        nextPageToken: more ? last.overview.id : "",
      },
    },
    touched: [makeSafe(vault.name)],
  };
}

// A token is the id of the last item that was given.
function pageStart(entries: readonly ItemEntry[], token: string): number {
  if (token === "") return 0;
  const at = entries.findIndex(({ overview }) => overview.id === token);
  if (at < 0) throw refusal(Reason.INVALID);
  return at + 1;
}

/** Whole items: of a vault that is granted, or granted one by one as whole items. */
export function getItems(
  request: GetItems,
  { store, grants, reader, cover }: OperationContext,
): Ruling {
  let isCovered = false;
  const touched: string[] = [];
  const outcomes = request.itemIds.map((id) => {
    const entry = store.entry(id);
    for (const grant of grants) {
      const reach = reachItem(grant.scope, entry, id, request.vault, store);
      if (reach === "out-of-scope") continue;
      isCovered = true;
      cover(grant);
      if (reach === "not-found" || entry === undefined) {
        return failed(ItemFailure.NOT_FOUND);
      }
      const item = reader.open(id);
      reader.answer(sizeOf(item));
      touched.push(makeSafe(entry.overview.title));
      return done(item);
    }
    return failed(ItemFailure.OUT_OF_SCOPE);
  });
  if (!isCovered) throw refusal(Reason.OUT_OF_SCOPE);
  return { result: { case: "itemOutcomes", value: { outcomes } }, touched };
}

function reachItem(
  scope: BoundScope,
  entry: ItemEntry | undefined,
  itemId: string,
  vaultName: string,
  store: AccountStore,
): "reached" | "not-found" | "out-of-scope" {
  const vaultId = entry?.overview.vaultId;
  const isNamed = (id: string) => {
    const vault = store.vault(id);
    return vault?.id === vaultName || vault?.name === vaultName;
  };
  switch (scope.extent.kind) {
    case "every-vault":
      return vaultId !== undefined && isNamed(vaultId)
        ? "reached"
        : "not-found";
    case "vaults": {
      // Only the vaults that are granted exist for this caller.
      const named = [...scope.extent.vaultIds].filter(isNamed);
      if (named.length === 0) return "out-of-scope";
      return named.some((id) => id === vaultId) ? "reached" : "not-found";
    }
    case "references":
      return scope.extent.references.some(
        (one) =>
          one.itemId === itemId &&
          one.fieldId === undefined &&
          one.vaultId === vaultId &&
          isNamed(one.vaultId),
      )
        ? "reached"
        : "out-of-scope";
  }
}

/**
 * Create items, or replace them if their revision still matches. Where an item
 * is and where it would go are both judged, by one grant (SES-010).
 */
export function putItems(
  request: PutItems,
  { store, grants, defer, cover, beforeChange }: OperationContext,
): Ruling {
  for (const item of request.items) defer(() => zero(item));
  const judged = request.items.map((item) => ({
    item,
    failure: judgePut(item, store, grants, cover),
  }));
  if (judged.every(({ failure }) => failure === ItemFailure.OUT_OF_SCOPE)) {
    throw refusal(Reason.OUT_OF_SCOPE);
  }
  beforeChange(
    judged
      .filter(({ failure }) => failure === undefined)
      .map(({ item }) => item.overview?.title ?? ""),
  );
  const outcomes = judged.map(({ item, failure }) => {
    if (failure !== undefined) return failed(failure);
    return attempt(() => {
      const stored = store.putItem(item);
      defer(() => zero(stored));
      return stored;
    });
  });
  return {
    result: { case: "itemOutcomes", value: { outcomes } },
    touched: undefined,
  };
}

function judgePut(
  item: Item,
  store: AccountStore,
  grants: readonly Grant[],
  cover: (grant: Grant) => void,
): ItemFailure | undefined {
  const { id = "", vaultId = "" } = item.overview ?? {};
  const present = id === "" ? undefined : store.entry(id);
  // An id that means nothing may be outside: only who reaches everything is told.
  const isReached = (scope: BoundScope) =>
    present === undefined
      ? id === "" || scope.extent.kind === "every-vault"
      : reachesVault(scope, present.overview.vaultId);
  const grant = grants.find(
    ({ scope }) =>
      scope.write && reachesVault(scope, vaultId) && isReached(scope),
  );
  if (grant === undefined) return ItemFailure.OUT_OF_SCOPE;
  cover(grant);
  if (item.overview === undefined) return ItemFailure.INVALID;
  return id !== "" && present === undefined ? ItemFailure.NOT_FOUND : undefined;
}

/** Archive or delete: all of them, or none. */
export function removeItems(
  request: RemoveItems,
  { store, grants, cover, beforeChange }: OperationContext,
): Ruling {
  const { vault, grant } = reachVault(request.vaultId, grants, store, true);
  cover(grant);
  const overviews: ItemOverview[] = [];
  for (const id of new Set(request.itemIds)) {
    const overview = store.entry(id)?.overview;
    if (overview?.vaultId !== vault.id) throw refusal(Reason.NOT_FOUND);
    overviews.push(overview);
  }
  beforeChange(overviews.map((overview) => overview.title));
  for (const { id } of overviews) {
    if (request.archive) store.archiveItem(id);
    else store.deleteItem(id);
  }
  return { result: { case: "done", value: {} }, touched: undefined };
}

const itemFailures: Partial<Record<StoreError["failure"], ItemFailure>> = {
  "not-found": ItemFailure.NOT_FOUND,
  conflict: ItemFailure.CONFLICT,
  invalid: ItemFailure.INVALID,
};

function attempt(change: () => Item): ItemOutcome {
  try {
    return done(change());
  } catch (error) {
    const failure =
      error instanceof StoreError ? itemFailures[error.failure] : undefined;
    if (failure === undefined) throw error;
    return failed(failure);
  }
}

function done(item: Item): ItemOutcome {
  return create(ItemOutcomeSchema, { outcome: { case: "item", value: item } });
}

function failed(failure: ItemFailure): ItemOutcome {
  return create(ItemOutcomeSchema, {
    outcome: { case: "failure", value: failure },
  });
}

function zero(item: Item): void {
  item.notes.fill(0);
  for (const field of item.fields) field.value.fill(0);
}
