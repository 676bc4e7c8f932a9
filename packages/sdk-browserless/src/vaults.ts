// SPDX-License-Identifier: Apache-2.0
import {
  DeleteVaultSchema,
  ListVaultsSchema,
  PutVaultSchema,
  type Vault as VaultMessage,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError } from "./error.ts";
import type { Request, Requester } from "./requester.ts";

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
  /**
   * One vault, by id or name; an id wins.
   *
   * @throws AssentError "not-found", "conflict" when several have that name,
   * and as every call
   */
  get(vault: string, options?: CallOptions): Promise<Vault>;
  /** Rename or describe a vault; what is not told stays as it is. */
  update(
    vaultId: string,
    change: { readonly name?: string; readonly description?: string },
    options?: CallOptions,
  ): Promise<Vault>;
  /** Delete a vault and what is in it. */
  delete(vaultId: string, options?: CallOptions): Promise<void>;
}

export function createVaults(requester: Requester): Vaults {
  return {
    list: (options) => requester(options, readAll),
    get: (vault, options) =>
      requester(options, async (request) =>
        find(await readAll(request), vault),
      ),
    create: ({ name, description = "" }, options) =>
      requester(options, (request) =>
        store(request, { id: "", name, description }),
      ),
    update: (vaultId, change, options) =>
      requester(options, async (request) => {
        const vaults = await readAll(request);
        const present = vaults.find(({ id }) => id === vaultId);
        if (present === undefined) throw new AssentError("not-found");
        const { name = present.name, description = present.description } =
          change;
        return store(request, { id: vaultId, name, description });
      }),
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

async function readAll(request: Request): Promise<Vault[]> {
  const { vaults } = await request(
    "reads",
    { case: "listVaults", value: create(ListVaultsSchema) },
    "vaults",
  );
  return vaults.map(readVault);
}

async function store(
  request: Request,
  vault: Pick<Vault, "id" | "name" | "description">,
): Promise<Vault> {
  const value = create(PutVaultSchema, { vault });
  return readVault(
    await request("changes", { case: "putVault", value }, "vault"),
  );
}

function find(vaults: readonly Vault[], asked: string): Vault {
  const named = vaults.filter(({ name }) => name === asked);
  const [found] = [...vaults.filter(({ id }) => id === asked), ...named];
  if (found === undefined) throw new AssentError("not-found");
  if (found.id === asked || named.length === 1) return found;
  throw new AssentError(
    "conflict",
    "Several vaults have that name. Use the id.",
  );
}
