// SPDX-License-Identifier: Apache-2.0
/**
 * The client core, on web-standard APIs: {@link createClient} with a `fetch` or
 * a transport of your own.
 *
 * @module sdk-browserless
 */
export type { CallOptions } from "./call-limit.ts";
export {
  type AssentClient,
  type AuthorizeOptions,
  type Carrier,
  createClient,
} from "./client.ts";
export {
  adaptConnectTransport,
  type ConnectTransport,
} from "./connect.ts";
export type { Environments, EnvironmentVariable } from "./environments.ts";
export {
  AssentError,
  type AssentErrorFacts,
  type ErrorCode,
  ReferenceFailureError,
} from "./error.ts";
export type { Exchange, HttpAnswer, HttpRequest } from "./exchange.ts";
export {
  createFetchTransport,
  type FetchTransportOptions,
} from "./fetch.ts";
export type { FileItem, Files, NewFile } from "./files.ts";
export type { Grant } from "./grant.ts";
export type {
  Category,
  ChangedItem,
  Field,
  FieldInput,
  FieldType,
  File,
  Item,
  ItemOverview,
  NewItem,
  SecretInput,
  Section,
} from "./item.ts";
export type { ItemOutcome } from "./item-outcomes.ts";
export type { Items, ListOptions } from "./items.ts";
export type { ClientOptions, WaitingInfo } from "./options.ts";
export { generatePassword, type PasswordRecipe } from "./password.ts";
export {
  type ReferenceFailureName,
  validateSecretReference,
} from "./reference-failure.ts";
export type { Scope } from "./scope.ts";
export { Secret } from "./secret.ts";
export type { SecretOutcome, Secrets } from "./secrets.ts";
export type { SessionState, SessionStatus } from "./session.ts";
export { systemTimers, type Timers } from "./timers.ts";
export type { Transport, TransportCall } from "./transport.ts";
export { createUnaryTransport } from "./unary.ts";
export type { Vault, Vaults } from "./vaults.ts";
