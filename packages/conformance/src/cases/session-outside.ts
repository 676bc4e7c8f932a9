// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import type { Caller, Operation } from "../case/caller.ts";
import { refused } from "../case/check.ts";
import { putItem } from "../case/operations.ts";
import {
  deleteFile,
  deleteVault,
  putFile,
  putVault,
  removeItems,
} from "../case/vault-operations.ts";
import type { World } from "../case/world.ts";

/** A grant that may change all. */
export const write: { readonly scope: { readonly write: true } } = {
  scope: { write: true },
};
/** A grant that may read V1 alone. */
export const onlyV1: {
  readonly scope: { readonly vaults: readonly string[] };
} = {
  scope: { vaults: ["V1"] },
};

/** Fails unless all of this is refused as outside the scope. */
export async function isOutside(
  caller: Caller,
  operations: Readonly<Record<string, Operation>>,
): Promise<void> {
  for (const [name, operation] of Object.entries(operations)) {
    refused(
      name,
      await caller.request(operation),
      "permission_denied",
      Reason.OUT_OF_SCOPE,
    );
  }
}

/** Everything that changes something of V1. */
export function writes(world: World): Readonly<Record<string, Operation>> {
  const { id, vaultId } = world.item("i1");
  return {
    "making an item": putItem(vaultId, "new", "a new value"),
    "deleting an item": removeItems(vaultId, id),
    "attaching a file": putFile(vaultId, id),
    "removing a file": deleteFile(vaultId, id),
    "renaming a vault": putVault("renamed", vaultId),
    "deleting a vault": deleteVault(vaultId),
    "making a vault": putVault("new"),
  };
}
