// SPDX-License-Identifier: Apache-2.0
import {
  DeleteVaultSchema,
  ListVaultsSchema,
  PutVaultSchema,
  type Vault as VaultMessage,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import type { Requester } from "./requester.ts";

/** A named collection of items. */
export interface Vault {
  readonly id: string;
  /** Shown to the user; not necessarily unique. */
  readonly name: string;
  readonly description: string;
  readonly itemCount: number;
}

/** The vaults of the account, as far as they are within what was granted. */
export interface Vaults {
  /** In order of name. */
  list(options?: CallOptions): Promise<readonly Vault[]>;
  create(
    vault: { readonly name: string; readonly description?: string },
    options?: CallOptions,
  ): Promise<Vault>;
  /** Rename or describe. */
  put(
    vault: Pick<Vault, "id" | "name" | "description">,
    options?: CallOptions,
  ): Promise<Vault>;
  /** Delete a vault and what is in it. */
  delete(vaultId: string, options?: CallOptions): Promise<void>;
}

export function createVaults(requester: Requester): Vaults {
  const put = (
    vault: { id: string; name: string; description: string },
    options: CallOptions | undefined,
  ) =>
    requester(options, async (request) => {
      const value = create(PutVaultSchema, { vault });
      return readVault(
        await request("changes", { case: "putVault", value }, "vault"),
      );
    });
  return {
    list: (options) =>
      requester(options, async (request) => {
        const { vaults } = await request(
          "reads",
          { case: "listVaults", value: create(ListVaultsSchema) },
          "vaults",
        );
        return vaults.map(readVault);
      }),
    create: ({ name, description = "" }, options) =>
      put({ id: "", name, description }, options),
    put: ({ id, name, description }, options) =>
      put({ id, name, description }, options),
    delete: (vaultId, options) =>
      requester(options, async (request) => {
        const value = create(DeleteVaultSchema, { vaultId });
        await request("changes", { case: "deleteVault", value }, "done");
      }),
  };
}

function readVault({ id, name, description, itemCount }: VaultMessage): Vault {
  return { id, name, description, itemCount };
}
