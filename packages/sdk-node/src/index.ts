// SPDX-License-Identifier: Apache-2.0
/**
 * The client over the local socket of this user's broker: {@link createClient}.
 * All but that is the core's.
 *
 * @module sdk-node
 */
export {
  type AssentClient,
  AssentError,
  type AssentErrorFacts,
  type AuthorizeOptions,
  type CallOptions,
  type Category,
  type ChangedItem,
  type ClientOptions,
  type Environments,
  type EnvironmentVariable,
  type ErrorCode,
  type Field,
  type FieldInput,
  type FieldType,
  type File,
  type FileItem,
  type Files,
  type Grant,
  generatePassword,
  type Item,
  type ItemOutcome,
  type ItemOverview,
  type Items,
  type ListOptions,
  type NewFile,
  type NewItem,
  type PasswordRecipe,
  ReferenceFailureError,
  type ReferenceFailureName,
  type Scope,
  Secret,
  type SecretInput,
  type SecretOutcome,
  type Secrets,
  type Section,
  type SessionState,
  type SessionStatus,
  type Vault,
  type Vaults,
  validateSecretReference,
  type WaitingInfo,
} from "@assent/sdk-browserless";
export { createClient, type NodeClientOptions } from "./client.ts";
