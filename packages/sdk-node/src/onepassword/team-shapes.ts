// SPDX-License-Identifier: Apache-2.0
// Vaults, and who else may use them, in the shape of @1password/sdk. Groups,
// permissions and shared items have no meaning here.
import type { VaultType } from "./kinds.ts";
import type {
  AllowedRecipientType,
  AllowedType,
  GroupState,
  GroupType,
  ItemShareDuration,
  VaultAccessorType,
} from "./team-kinds.ts";

/** Who may do what with a vault. */
export interface VaultAccess {
  vaultUuid: string;
  accessorType: VaultAccessorType;
  accessorUuid: string;
  permissions: number;
}

/** A vault. */
export interface Vault {
  id: string;
  title: string;
  description: string;
  vaultType: VaultType;
  activeItemCount: number;
  /** Not counted here: 0. */
  contentVersion: number;
  /** Not counted here: 0. */
  attributeVersion: number;
  access?: VaultAccess[];
}

/** A vault, as a list has it. */
export interface VaultOverview {
  id: string;
  title: string;
  description: string;
  vaultType: VaultType;
  activeItemCount: number;
  /** Not counted here: 0. */
  contentVersion: number;
  /** Not counted here: 0. */
  attributeVersion: number;
  /** Not kept here: the beginning of 1970. */
  createdAt: Date;
  /** Not kept here: the beginning of 1970. */
  updatedAt: Date;
}

/** A vault to create. */
export interface VaultCreateParams {
  title: string;
  description?: string;
  /** There are no administrators here: true throws. */
  allowAdminsAccess?: boolean;
}

/** What else to tell of a vault. */
export interface VaultGetParams {
  /** Nobody else has access here: true throws. */
  accessors?: boolean;
}

/** How to list vaults. All details are always there. */
export interface VaultListParams {
  decryptDetails?: boolean;
}

/** What to change of a vault. */
export interface VaultUpdateParams {
  title?: string;
  description?: string;
}

/** A group of people. */
export interface Group {
  id: string;
  title: string;
  description: string;
  groupType: GroupType;
  state: GroupState;
  vaultAccess?: VaultAccess[];
}

/** What a group may do with a vault. */
export interface GroupAccess {
  groupId: string;
  permissions: number;
}

/** What to tell of a group. */
export interface GroupGetParams {
  vaultPermissions?: boolean;
}

/** What a group may do with which vault. */
export interface GroupVaultAccess {
  vaultId: string;
  groupId: string;
  permissions: number;
}

/** How files may be shared. */
export interface ItemShareFiles {
  allowed: boolean;
  maxSize: number;
  allowedTypes?: AllowedType[];
  allowedRecipientTypes?: AllowedRecipientType[];
  maxExpiry?: ItemShareDuration;
  defaultExpiry?: ItemShareDuration;
  maxViews?: number;
}

/** How items may be shared. */
export interface ItemShareAccountPolicy {
  maxExpiry: ItemShareDuration;
  defaultExpiry: ItemShareDuration;
  maxViews?: number;
  allowedTypes: AllowedType[];
  allowedRecipientTypes: AllowedRecipientType[];
  files: ItemShareFiles;
}

/** Who may see a shared item. */
export type ValidRecipient =
  | { type: "Email"; parameters: { email: string } }
  | { type: "Domain"; parameters: { domain: string } };

/** How to share one item. */
export interface ItemShareParams {
  recipients?: ValidRecipient[];
  expireAfter?: ItemShareDuration;
  oneTimeOnly: boolean;
}
