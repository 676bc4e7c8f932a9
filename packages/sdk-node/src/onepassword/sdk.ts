// SPDX-License-Identifier: Apache-2.0
export { Client, createClient } from "./client.ts";
export {
  type ClientConfiguration,
  DEFAULT_INTEGRATION_NAME,
  DEFAULT_INTEGRATION_VERSION,
  DesktopAuth,
} from "./configuration.ts";
export type { EnvironmentsApi } from "./environments.ts";
export {
  AuthExpiredError,
  DesktopSessionExpiredError,
  RateLimitExceededError,
  UnsupportedError,
} from "./errors.ts";
export type { ItemsFilesApi } from "./item-files.ts";
export type * from "./item-shapes.ts";
export type { ItemsApi } from "./items.ts";
export * from "./kinds.ts";
export type { ErrorMessage, Response } from "./response.ts";
export type * from "./secret-shapes.ts";
export { Secrets, type SecretsApi } from "./secrets.ts";
export * from "./team-kinds.ts";
export type * from "./team-shapes.ts";
export type { GroupsApi, ItemsSharesApi } from "./unsupported.ts";
export type { VaultsApi } from "./vaults.ts";
