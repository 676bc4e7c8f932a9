// SPDX-License-Identifier: Apache-2.0
// Compiles only while the types of @assent/sdk-node/1password stand for those
// of @1password/sdk that have the same name.
import type * as theirs from "@1password/sdk";
import type * as ours from "../packages/sdk-node/dist/onepassword/index.js";

/** A type without enums: each is the union of its values, as ours are. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends Date | Uint8Array
    ? T
    : T extends Promise<infer P>
      ? Promise<Plain<P>>
      : T extends (...args: infer A) => infer R
        ? (...args: Plain<A>) => Plain<R>
        : T extends object
          ? { [K in keyof T]: Plain<T[K]> }
          : T;

/** Does not compile unless `A` can be given where `B` is wanted. */
type Gives<A extends B, B> = A;

/** Both can stand for each other. */
type Same<A, B> = [A] extends [Plain<B>]
  ? [Plain<B>] extends [A]
    ? true
    : "theirs cannot be used as ours"
  : "ours cannot be used as theirs";

/** Does not compile unless it is so. */
type Is<T extends true> = T;

/** Every type that it declares, but for classes. scripts/onepassword.test.ts sees to it that none is missing. */
export type Shapes = [
  Is<Same<ours.AddressFieldDetails, theirs.AddressFieldDetails>>,
  Is<Same<ours.AllowedRecipientType, theirs.AllowedRecipientType>>,
  Is<Same<ours.AllowedType, theirs.AllowedType>>,
  Is<Same<ours.AutofillBehavior, theirs.AutofillBehavior>>,
  Is<Same<ours.DocumentCreateParams, theirs.DocumentCreateParams>>,
  Is<Same<ours.EnvironmentVariable, theirs.EnvironmentVariable>>,
  Is<Same<ours.ErrorMessage, theirs.ErrorMessage>>,
  Is<Same<ours.FileAttributes, theirs.FileAttributes>>,
  Is<Same<ours.FileCreateParams, theirs.FileCreateParams>>,
  Is<Same<ours.GeneratePasswordResponse, theirs.GeneratePasswordResponse>>,
  Is<Same<ours.GetVariablesResponse, theirs.GetVariablesResponse>>,
  Is<Same<ours.Group, theirs.Group>>,
  Is<Same<ours.GroupAccess, theirs.GroupAccess>>,
  Is<Same<ours.GroupGetParams, theirs.GroupGetParams>>,
  Is<Same<ours.GroupState, theirs.GroupState>>,
  Is<Same<ours.GroupType, theirs.GroupType>>,
  Is<Same<ours.GroupVaultAccess, theirs.GroupVaultAccess>>,
  Is<Same<ours.Item, theirs.Item>>,
  Is<Same<ours.ItemCategory, theirs.ItemCategory>>,
  Is<Same<ours.ItemCreateParams, theirs.ItemCreateParams>>,
  Is<Same<ours.ItemField, theirs.ItemField>>,
  Is<Same<ours.ItemFieldDetails, theirs.ItemFieldDetails>>,
  Is<Same<ours.ItemFieldType, theirs.ItemFieldType>>,
  Is<Same<ours.ItemFile, theirs.ItemFile>>,
  Is<Same<ours.ItemListFilter, theirs.ItemListFilter>>,
  Is<Same<ours.ItemOverview, theirs.ItemOverview>>,
  Is<Same<ours.ItemSection, theirs.ItemSection>>,
  Is<Same<ours.ItemShareAccountPolicy, theirs.ItemShareAccountPolicy>>,
  Is<Same<ours.ItemShareDuration, theirs.ItemShareDuration>>,
  Is<Same<ours.ItemShareFiles, theirs.ItemShareFiles>>,
  Is<Same<ours.ItemShareParams, theirs.ItemShareParams>>,
  Is<Same<ours.ItemState, theirs.ItemState>>,
  Is<Same<ours.ItemUpdateFailureReason, theirs.ItemUpdateFailureReason>>,
  Is<Same<ours.ItemsDeleteAllResponse, theirs.ItemsDeleteAllResponse>>,
  Is<Same<ours.ItemsGetAllError, theirs.ItemsGetAllError>>,
  Is<Same<ours.ItemsGetAllResponse, theirs.ItemsGetAllResponse>>,
  Is<Same<ours.ItemsUpdateAllResponse, theirs.ItemsUpdateAllResponse>>,
  Is<Same<ours.OtpFieldDetails, theirs.OtpFieldDetails>>,
  Is<Same<ours.PasswordRecipe, theirs.PasswordRecipe>>,
  Is<Same<ours.ResolveAllResponse, theirs.ResolveAllResponse>>,
  Is<Same<ours.ResolveReferenceError, theirs.ResolveReferenceError>>,
  Is<Same<ours.ResolvedReference, theirs.ResolvedReference>>,
  Is<Same<ours.Response<string, number>, theirs.Response<string, number>>>,
  Is<Same<ours.SeparatorType, theirs.SeparatorType>>,
  Is<Same<ours.SshKeyAttributes, theirs.SshKeyAttributes>>,
  Is<Same<ours.ValidRecipient, theirs.ValidRecipient>>,
  Is<Same<ours.Vault, theirs.Vault>>,
  Is<Same<ours.VaultAccess, theirs.VaultAccess>>,
  Is<Same<ours.VaultAccessorType, theirs.VaultAccessorType>>,
  Is<Same<ours.VaultCreateParams, theirs.VaultCreateParams>>,
  Is<Same<ours.VaultGetParams, theirs.VaultGetParams>>,
  Is<Same<ours.VaultListParams, theirs.VaultListParams>>,
  Is<Same<ours.VaultOverview, theirs.VaultOverview>>,
  Is<Same<ours.VaultType, theirs.VaultType>>,
  Is<Same<ours.VaultUpdateParams, theirs.VaultUpdateParams>>,
  Is<Same<ours.Website, theirs.Website>>,
  Is<Same<ours.WordListType, theirs.WordListType>>,
];

/** What programs call: ours can be given wherever theirs is wanted. */
export type Calls = [
  Gives<ours.Client, Plain<theirs.Client>>,
  Gives<
    typeof ours.createClient,
    (config: Plain<Config>) => Promise<Plain<theirs.Client>>
  >,
  Gives<Config, Plain<ours.ClientConfiguration>>,
  Gives<Statics<typeof ours.Secrets>, Plain<Statics<typeof theirs.Secrets>>>,
  Gives<typeof ours.DesktopAuth, typeof theirs.DesktopAuth>,
  Gives<
    typeof ours.DesktopSessionExpiredError,
    typeof theirs.DesktopSessionExpiredError
  >,
  Gives<
    typeof ours.RateLimitExceededError,
    typeof theirs.RateLimitExceededError
  >,
  Gives<typeof ours.AuthExpiredError, typeof theirs.AuthExpiredError>,
];

type Config = Parameters<typeof theirs.createClient>[0];
type Statics<C extends { prototype: unknown }> = Omit<C, "prototype">;
