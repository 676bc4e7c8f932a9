// SPDX-License-Identifier: Apache-2.0
import { Reason, type Vault } from "@assent/protocol";
import { reachesVault } from "../session/scope.ts";
import type { Grant } from "../session/sessions.ts";
import type { IndexedAccountStore } from "../vault/indexed-store.ts";
import type { NamedVault, ReferenceView } from "../vault/reference.ts";
import type { AccountStore } from "../vault/store.ts";
import { refusal } from "./refusal.ts";
import { findVault } from "./scope-terms.ts";

/** A vault that a grant reaches as a whole. */
export interface ReachedVault {
  readonly vault: Vault;
  readonly grant: Grant;
}

/** The vaults a grant reaches as a whole. */
export function vaultsOf(grant: Grant, store: AccountStore): readonly Vault[] {
  const vaults = store.vaults();
  return grant.scope.extent.kind === "every-vault"
    ? vaults
    : vaults.filter((vault) => reachesVault(grant.scope, vault.id));
}

/** The vaults as the grant sees them: one that it does not reach is not there. */
function vaultView(
  grant: Grant,
  store: IndexedAccountStore,
): Pick<ReferenceView, "vault" | "vaults" | "vaultsNamed"> {
  const isReached = (vault: NamedVault) => reachesVault(grant.scope, vault.id);
  return {
    vaults: () => vaultsOf(grant, store),
    vaultsNamed: (folded) => store.vaultsNamed(folded).filter(isReached),
    vault: (id) => {
      const vault = store.vault(id);
      return vault !== undefined && isReached(vault) ? vault : undefined;
    },
  };
}

/**
 * The vault that is named, as one of the grants reaches it.
 *
 * @throws ConnectError OUT_OF_SCOPE when none does, existing or not; NOT_FOUND
 * when a grant over every vault does not know it
 */
export function reachVault(
  nameOrId: string,
  grants: readonly Grant[],
  store: IndexedAccountStore,
  write: boolean,
): ReachedVault {
  let missing = false;
  for (const grant of grants) {
    if (write && !grant.scope.write) continue;
    const id = findVault(vaultView(grant, store), nameOrId);
    const vault = id === undefined ? undefined : store.vault(id);
    if (vault !== undefined) return { vault, grant };
    if (grant.scope.extent.kind === "every-vault") missing = true;
  }
  throw refusal(missing ? Reason.NOT_FOUND : Reason.OUT_OF_SCOPE);
}
