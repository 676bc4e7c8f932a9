// SPDX-License-Identifier: Apache-2.0
import {
  type DeleteVault,
  type PutVault,
  Reason,
  type Vault,
  VaultSchema,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import type { OperationContext, Ruling } from "./operation.ts";
import { reachVault, vaultsOf } from "./reach.ts";
import { refusal } from "./refusal.ts";

/** The vaults that a grant reaches as a whole. */
export function listVaults({ store, grants, cover }: OperationContext): Ruling {
  const reached = new Map<string, Vault>();
  let isReached = false;
  for (const grant of grants) {
    // A scope of references lists nothing, and an empty one reaches nothing.
    const vaults = vaultsOf(grant, store);
    if (vaults.length === 0 && grant.scope.extent.kind !== "every-vault") {
      continue;
    }
    isReached = true;
    cover(grant);
    for (const vault of vaults) reached.set(vault.id, vault);
  }
  if (!isReached) throw refusal(Reason.OUT_OF_SCOPE);
  const vaults = store.vaults().filter((vault) => reached.has(vault.id));
  return {
    result: { case: "vaults", value: { vaults: [...vaults] } },
    touched: vaults.map((vault) => makeSafe(vault.name)),
  };
}

/** Create a vault, which takes a grant over every vault; or change one. */
export function putVault(
  { vault }: PutVault,
  { store, grants, cover, beforeChange }: OperationContext,
): Ruling {
  if (vault === undefined) throw refusal(Reason.INVALID);
  const grant =
    vault.id === ""
      ? grants.find(
          ({ scope }) => scope.write && scope.extent.kind === "every-vault",
        )
      : reachVault(vault.id, grants, store, true).grant;
  if (grant === undefined) throw refusal(Reason.OUT_OF_SCOPE);
  cover(grant);
  const { id, name, description } = vault;
  beforeChange([name]);
  const stored = store.putVault(create(VaultSchema, { id, name, description }));
  return {
    result: { case: "vault", value: stored },
    touched: undefined,
  };
}

/** Delete a vault and what is in it. By id alone: a name may be mistaken. */
export function deleteVault(
  { vaultId }: DeleteVault,
  { store, grants, cover, beforeChange }: OperationContext,
): Ruling {
  const { vault, grant } = reachVault(vaultId, grants, store, true);
  cover(grant);
  if (vault.id !== vaultId) throw refusal(Reason.NOT_FOUND);
  beforeChange([vault.name]);
  store.deleteVault(vault.id);
  return {
    result: { case: "done", value: {} },
    touched: undefined,
  };
}
