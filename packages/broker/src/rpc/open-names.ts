// SPDX-License-Identifier: Apache-2.0
import { createNameIndex, type NameIndex } from "../vault/name-index.ts";
import type { AccountStore } from "../vault/store.ts";

const indexes = new WeakMap<AccountStore, NameIndex>();

/**
 * The names of an open store, made when they are first asked for, so that no
 * Request looks through all items. It lives as long as the store is open:
 * every change is made by an operation, and each of these says so here.
 */
export function namesOf(store: AccountStore): NameIndex {
  const known = indexes.get(store);
  if (known !== undefined) return known;
  const index = createNameIndex(store);
  indexes.set(store, index);
  return index;
}
