// SPDX-License-Identifier: Apache-2.0
// The closed lists and numbers of @1password/sdk about groups, permissions and
// shared items. They have no meaning here and are there for programs that name
// them; what would use them throws an UnsupportedError.

type Values<T> = T[keyof T];

/** A kind of group. */
export const GroupType = {
  Owners: "owners",
  Administrators: "administrators",
  Recovery: "recovery",
  ExternalAccountManagers: "externalAccountManagers",
  TeamMembers: "teamMembers",
  UserDefined: "userDefined",
  Unsupported: "unsupported",
} as const;
/** A value of {@link GroupType}. */
export type GroupType = Values<typeof GroupType>;

/** Whether a group is in use. */
export const GroupState = {
  Active: "active",
  Deleted: "deleted",
  Unsupported: "unsupported",
} as const;
/** A value of {@link GroupState}. */
export type GroupState = Values<typeof GroupState>;

/** Who may use a vault. */
export const VaultAccessorType = {
  User: "user",
  Group: "group",
  Broker: "broker",
} as const;
/** A value of {@link VaultAccessorType}. */
export type VaultAccessorType = Values<typeof VaultAccessorType>;

/** How long a link to an item is good for. */
export const ItemShareDuration = {
  OneHour: "OneHour",
  OneDay: "OneDay",
  SevenDays: "SevenDays",
  FourteenDays: "FourteenDays",
  ThirtyDays: "ThirtyDays",
} as const;
/** A value of {@link ItemShareDuration}. */
export type ItemShareDuration = Values<typeof ItemShareDuration>;

/** Who may follow a link to an item. */
export const AllowedType = {
  Authenticated: "Authenticated",
  Public: "Public",
} as const;
/** A value of {@link AllowedType}. */
export type AllowedType = Values<typeof AllowedType>;

/** How those who may follow a link are named. */
export const AllowedRecipientType = {
  Email: "Email",
  Domain: "Domain",
} as const;
/** A value of {@link AllowedRecipientType}. */
export type AllowedRecipientType = Values<typeof AllowedRecipientType>;

/** A permission, as `@1password/sdk` counts them. */
export const ARCHIVE_ITEMS: number = 256;
/** A permission, as `@1password/sdk` counts them. */
export const CREATE_ITEMS: number = 128;
/** A permission, as `@1password/sdk` counts them. */
export const DELETE_ITEMS: number = 512;
/** A permission, as `@1password/sdk` counts them. */
export const EXPORT_ITEMS: number = 4194304;
/** A permission, as `@1password/sdk` counts them. */
export const IMPORT_ITEMS: number = 2097152;
/** A permission, as `@1password/sdk` counts them. */
export const MANAGE_VAULT: number = 2;
/** A permission, as `@1password/sdk` counts them. */
export const NO_ACCESS: number = 0;
/** A permission, as `@1password/sdk` counts them. */
export const PRINT_ITEMS: number = 8388608;
/** A permission, as `@1password/sdk` counts them. */
export const READ_ITEMS: number = 32;
/** A permission, as `@1password/sdk` counts them. */
export const RECOVER_VAULT: number = 1;
/** A permission, as `@1password/sdk` counts them. */
export const REVEAL_ITEM_PASSWORD: number = 16;
/** A permission, as `@1password/sdk` counts them. */
export const SEND_ITEMS: number = 1048576;
/** A permission, as `@1password/sdk` counts them. */
export const UPDATE_ITEMS: number = 64;
/** A permission, as `@1password/sdk` counts them. */
export const UPDATE_ITEM_HISTORY: number = 1024;
