// SPDX-License-Identifier: Apache-2.0
import {
  type GetItems,
  ItemFailure,
  ItemOverviewSchema,
  type ListItems,
  limits,
  Reason,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { toBinary } from "@bufbuild/protobuf";
import type { BoundScope } from "../session/scope.ts";
import type { AccountStore, ItemEntry } from "../vault/store.ts";
import { done, failed } from "./item-outcome.ts";
import { answerBytes, sizeOf } from "./item-reader.ts";
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
  const page = fitting(entries.slice(start, start + size));
  const last = page.at(-1);
  const more = start + page.length < entries.length && last !== undefined;
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

/** As many as one answer holds, but one at least. */
function fitting(entries: readonly ItemEntry[]): readonly ItemEntry[] {
  let bytes = 0;
  const end = entries.findIndex(({ overview }, at) => {
    bytes += toBinary(ItemOverviewSchema, overview).length;
    return bytes > answerBytes && at > 0;
  });
  return end < 0 ? entries : entries.slice(0, end);
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
      const { item } = reader.open(id);
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
