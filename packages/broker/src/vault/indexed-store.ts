// SPDX-License-Identifier: Apache-2.0
import { createNameIndex, type NameIndex } from "./name-index.ts";
import type { NamedVault, ReferenceView } from "./reference.ts";
import { type AccountStore, type ItemEntry, StoreError } from "./store.ts";

/** A store that finds things by name without looking through all of them. */
export interface IndexedAccountStore extends AccountStore, ReferenceView {
  vault: AccountStore["vault"];
  vaults: AccountStore["vaults"];
  vaultsNamed(foldedName: string): readonly NamedVault[];
  itemsNamed(vaultId: string, foldedTitle: string): readonly ItemEntry[];
}

const indexedStores = new WeakMap<AccountStore, IndexedAccountStore>();

/**
 * The store with a name index that follows what is changed through it. Of one
 * store there is one, so all changes must be made through it. The index is
 * built when something is first looked up by name, and goes with the store.
 */
export function indexedStore(store: AccountStore): IndexedAccountStore {
  const known = indexedStores.get(store);
  if (known !== undefined) return known;
  const indexed = indexing(store);
  indexedStores.set(store, indexed);
  indexedStores.set(indexed, indexed);
  return indexed;
}

function indexing(store: AccountStore): IndexedAccountStore {
  let index: NameIndex | undefined;
  const names = () => {
    index ??= createNameIndex(store);
    return index;
  };
  return {
    accountId: store.accountId,
    get publicLogKey() {
      return store.publicLogKey;
    },
    get privateLogKey() {
      return store.privateLogKey;
    },
    vaults: () => store.vaults(),
    vault: (vaultId) => store.vault(vaultId),
    items: (vaultId) => store.items(vaultId),
    entry: (itemId) => store.entry(itemId),
    vaultsNamed: (foldedName) => names().vaultsNamed(foldedName),
    itemsNamed: (vaultId, title) => names().itemsNamed(vaultId, title),
    read: (itemId) => store.read(itemId),
    putVault(vault) {
      const put = store.putVault(vault);
      index?.vaultChanged(put.id);
      return put;
    },
    deleteVault(vaultId) {
      store.deleteVault(vaultId);
      index?.vaultChanged(vaultId);
    },
    createItems(items) {
      const created = store.createItems(items);
      for (const item of created) {
        if (!(item instanceof StoreError)) {
          index?.itemChanged(item.overview?.id ?? "");
        }
      }
      return created;
    },
    putItem(item) {
      const put = store.putItem(item);
      index?.itemChanged(put.overview?.id ?? "");
      return put;
    },
    archiveItem(itemId) {
      store.archiveItem(itemId);
      index?.itemChanged(itemId);
    },
    deleteItem(itemId) {
      store.deleteItem(itemId);
      index?.itemChanged(itemId);
    },
    // Files are found by their item: the index does not know them.
    readFile: (itemId, fileId, range) => store.readFile(itemId, fileId, range),
    putFile: (itemId, revision, file, content) =>
      store.putFile(itemId, revision, file, content),
    deleteFile: (itemId, revision, fileId) =>
      store.deleteFile(itemId, revision, fileId),
  };
}
