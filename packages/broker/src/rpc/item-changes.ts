// SPDX-License-Identifier: Apache-2.0
import {
  type Item,
  ItemFailure,
  type ItemOutcome,
  type ItemOverview,
  type PutItems,
  Reason,
  type RemoveItems,
} from "@assent/protocol";
import { type BoundScope, reachesVault } from "../session/scope.ts";
import type { Grant } from "../session/sessions.ts";
import { type AccountStore, StoreError } from "../vault/store.ts";
import { done, failed } from "./item-outcome.ts";
import { sizeOf } from "./item-reader.ts";
import type { OperationContext, Ruling } from "./operation.ts";
import { reachVault } from "./reach.ts";
import { refusal } from "./refusal.ts";

/**
 * Create items, or replace them if their revision still matches. Where an item
 * is and where it would go are both judged, by one grant (SES-010).
 */
export function putItems(
  request: PutItems,
  { store, grants, defer, reader, cover, beforeChange }: OperationContext,
): Ruling {
  for (const item of request.items) defer(() => zero(item));
  const judged = request.items.map((item) => ({
    item,
    failure: judgePut(item, store, grants, cover),
  }));
  if (judged.every(({ failure }) => failure === ItemFailure.OUT_OF_SCOPE)) {
    throw refusal(Reason.OUT_OF_SCOPE);
  }
  // What could not be answered is not done.
  for (const { item } of judged) reader.answer(sizeOf(item));
  beforeChange(
    judged
      .filter(({ failure }) => failure === undefined)
      .map(({ item }) => item.overview?.title ?? ""),
  );
  // What is new is one change of the file, all of it or none.
  const isNew = ({ overview }: Item) => overview?.id === "";
  const created = store
    .createItems(
      judged.flatMap(({ item, failure }) =>
        failure === undefined && isNew(item) ? item : [],
      ),
    )
    .values();
  const outcomes = judged.map(({ item, failure }) => {
    if (failure !== undefined) return failed(failure);
    return attempt(() => {
      const stored = isNew(item) ? created.next().value : store.putItem(item);
      if (stored === undefined || stored instanceof StoreError) {
        throw stored ?? new StoreError("invalid", "the item was not created");
      }
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

function zero(item: Item): void {
  item.notes.fill(0);
  for (const field of item.fields) field.value.fill(0);
}
