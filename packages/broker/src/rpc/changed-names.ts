// SPDX-License-Identifier: Apache-2.0
import type { Operation } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import type { AccountStore } from "../vault/store.ts";

/** Names in one entry of the log; the others are only counted. */
export const namesPerEntry = 50;

/** What an operation would change, by name and safe to show; undefined: it changes nothing. */
export function changedNames(
  holder: Operation | undefined,
  store: AccountStore,
): readonly string[] | undefined {
  const operation = holder?.operation;
  switch (operation?.case) {
    case "putVault":
      return [makeSafe(operation.value.vault?.name ?? "")];
    case "deleteVault":
      return [makeSafe(store.vault(operation.value.vaultId)?.name ?? "")];
    case "putItems":
      return operation.value.items
        .slice(0, namesPerEntry)
        .map((item) => makeSafe(item.overview?.title ?? ""));
    case "removeItems":
      return operation.value.itemIds
        .slice(0, namesPerEntry)
        .map((id) => makeSafe(store.entry(id)?.overview.title ?? ""));
    default:
      return undefined;
  }
}
