// SPDX-License-Identifier: Apache-2.0
import { foldName } from "./folded-name.ts";
import type { NamedVault, ReferenceView } from "./reference.ts";
import type { AccountStore, ItemEntry } from "./store.ts";

/** What of a store the index reads. */
export type IndexedStore = Pick<
  AccountStore,
  "vaults" | "vault" | "items" | "entry"
>;

/**
 * A view of an open store that finds things by name without looking through
 * all of them. It keeps names and ids only, and asks the store for the rest.
 * Whoever changes the store says so here; whoever locks it drops the index.
 */
export interface NameIndex extends ReferenceView {
  vaultsNamed(foldedName: string): readonly NamedVault[];
  /** Archived items are left out. */
  itemsNamed(vaultId: string, foldedTitle: string): readonly ItemEntry[];
  /** The vault was created, renamed, or deleted with what is in it. */
  vaultChanged(vaultId: string): void;
  /** The item was created, renamed, moved, archived or deleted. */
  itemChanged(itemId: string): void;
}

/** Index what the store holds now: once, in time that grows with its items. */
export function createNameIndex(store: IndexedStore): NameIndex {
  const vaults = new NamedIds();
  const items = new NamedIds();

  const itemChanged = (itemId: string) => {
    const overview = store.entry(itemId)?.overview;
    if (overview === undefined || overview.archived) items.remove(itemId);
    else items.put(itemId, itemKey(overview.vaultId, foldName(overview.title)));
  };
  const vaultChanged = (vaultId: string) => {
    const vault = store.vault(vaultId);
    if (vault === undefined) {
      // A deleted vault took its items along; their ids find nothing any more.
      vaults.remove(vaultId);
      items.removeWhere((key) => key.startsWith(itemKey(vaultId, "")));
    } else {
      vaults.put(vaultId, foldName(vault.name));
    }
  };
  for (const { id } of store.vaults()) {
    vaultChanged(id);
    for (const { overview } of store.items(id)) itemChanged(overview.id);
  }

  return {
    vaults: () => store.vaults(),
    vault: (vaultId) => store.vault(vaultId),
    items: (vaultId) => store.items(vaultId),
    entry: (itemId) => store.entry(itemId),
    vaultsNamed: (foldedName) =>
      present(vaults.of(foldedName), (id) => store.vault(id)),
    itemsNamed: (vaultId, foldedTitle) =>
      present(items.of(itemKey(vaultId, foldedTitle)), (id) => store.entry(id)),
    vaultChanged,
    itemChanged,
  };
}

function present<One>(
  ids: readonly string[],
  find: (id: string) => One | undefined,
): readonly One[] {
  const found: One[] = [];
  for (const id of ids) {
    const one = find(id);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function itemKey(vaultId: string, foldedTitle: string): string {
  return `${vaultId}/${foldedTitle}`;
}

/** Ids by a name that several may bear. */
class NamedIds {
  readonly #idsOf = new Map<string, readonly string[]>();
  readonly #nameOf = new Map<string, string>();

  of(name: string): readonly string[] {
    return this.#idsOf.get(name) ?? [];
  }

  put(id: string, name: string): void {
    if (this.#nameOf.get(id) === name) return;
    this.remove(id);
    this.#nameOf.set(id, name);
    this.#idsOf.set(name, [...this.of(name), id]);
  }

  remove(id: string): void {
    const name = this.#nameOf.get(id);
    if (name === undefined) return;
    this.#nameOf.delete(id);
    const others = this.of(name).filter((one) => one !== id);
    if (others.length === 0) this.#idsOf.delete(name);
    else this.#idsOf.set(name, others);
  }

  removeWhere(matches: (name: string) => boolean): void {
    for (const [id, name] of this.#nameOf) if (matches(name)) this.remove(id);
  }
}
