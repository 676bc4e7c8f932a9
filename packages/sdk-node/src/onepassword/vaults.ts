// SPDX-License-Identifier: Apache-2.0
import type { AssentClient, Vault as OwnVault } from "@assent/sdk-browserless";
import { told, UnsupportedError } from "./errors.ts";
import { VaultType } from "./kinds.ts";
import type {
  GroupAccess,
  GroupVaultAccess,
  Vault,
  VaultCreateParams,
  VaultGetParams,
  VaultListParams,
  VaultOverview,
  VaultUpdateParams,
} from "./team-shapes.ts";
import { refuse } from "./unsupported.ts";
import type { WriteAccess } from "./write-access.ts";

/** Vaults. What is about groups throws an UnsupportedError. */
export interface VaultsApi {
  create(params: VaultCreateParams): Promise<Vault>;
  list(params?: VaultListParams): Promise<VaultOverview[]>;
  getOverview(vaultId: string): Promise<VaultOverview>;
  get(vaultId: string, vaultParams: VaultGetParams): Promise<Vault>;
  update(vaultId: string, params: VaultUpdateParams): Promise<Vault>;
  /** Deletes what is in it as well. */
  delete(vaultId: string): Promise<void>;
  grantGroupPermissions(
    vaultId: string,
    groupPermissionsList: GroupAccess[],
  ): Promise<void>;
  updateGroupPermissions(
    groupPermissionsList: GroupVaultAccess[],
  ): Promise<void>;
  revokeGroupPermissions(vaultId: string, groupId: string): Promise<void>;
}

const noPermissions = refuse(
  "Vaults have no permissions: programs get what the user grants them in a prompt. Leave this call out, and narrow what you ask for with `scope`.",
);

export function createVaults(
  { vaults }: AssentClient,
  needWriteAccess: WriteAccess,
): VaultsApi {
  return {
    create: ({ title, description = "", allowAdminsAccess = false }) =>
      told(async () => {
        if (allowAdminsAccess) {
          throw new UnsupportedError(
            "There are no administrators: leave allowAdminsAccess out.",
          );
        }
        await needWriteAccess();
        return vaultOf(await vaults.create({ name: title, description }));
      }),
    list: () => told(async () => (await vaults.list()).map(overviewOf)),
    getOverview: (vaultId) =>
      told(async () => overviewOf(await vaults.get(vaultId))),
    get: (vaultId, { accessors = false } = {}) =>
      told(async () => {
        if (accessors) {
          throw new UnsupportedError(
            "Nobody else has access to a vault: leave accessors out. Programs that have access now are listed by `assent sessions`.",
          );
        }
        return vaultOf(await vaults.get(vaultId));
      }),
    update: (vaultId, { title, description }) =>
      told(async () => {
        await needWriteAccess();
        const updated = await vaults.update(vaultId, {
          ...(title !== undefined && { name: title }),
          ...(description !== undefined && { description }),
        });
        return vaultOf(updated);
      }),
    delete: (vaultId) =>
      told(async () => {
        await needWriteAccess();
        await vaults.delete(vaultId);
      }),
    grantGroupPermissions: noPermissions,
    updateGroupPermissions: noPermissions,
    revokeGroupPermissions: noPermissions,
  };
}

function vaultOf({ id, name, description, itemCount }: OwnVault): Vault {
  return {
    id,
    title: name,
    description,
    vaultType: VaultType.UserCreated,
    activeItemCount: itemCount,
    contentVersion: 0,
    attributeVersion: 0,
  };
}

function overviewOf(vault: OwnVault): VaultOverview {
  return {
    ...vaultOf(vault),
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}
