// SPDX-License-Identifier: Apache-2.0
import { type AssentClient, AssentError } from "@assent/sdk-browserless";
import { told } from "./errors.ts";
import type { GetVariablesResponse } from "./secret-shapes.ts";

/** Named sets of environment variables. */
export interface EnvironmentsApi {
  /** The variables of an environment, by its id: that of an item of the category `environment`. */
  getVariables(environmentId: string): Promise<GetVariablesResponse>;
}

export function createEnvironments({
  environments,
  items,
  vaults,
}: AssentClient): EnvironmentsApi {
  const vaultIds = new Map<string, string>();

  // An id alone says nothing of the vault; once found, it is tried first.
  async function vaultOf(environmentId: string): Promise<string> {
    for (const { id: vaultId } of await vaults.list()) {
      for (const { id, category } of await items.list(vaultId)) {
        if (category === "environment") vaultIds.set(id, vaultId);
      }
      const found = vaultIds.get(environmentId);
      if (found !== undefined) return found;
    }
    throw new AssentError("not-found");
  }

  return {
    getVariables: (environmentId) =>
      told(async () => {
        const vaultId =
          vaultIds.get(environmentId) ?? (await vaultOf(environmentId));
        vaultIds.delete(environmentId);
        const found = await environments.getVariables(vaultId, environmentId);
        vaultIds.set(environmentId, vaultId);
        const variables = found.map(({ name, value, masked }) => {
          const variable = { name, value: value.reveal(), masked };
          value[Symbol.dispose]();
          return variable;
        });
        return { variables };
      }),
  };
}
