// SPDX-License-Identifier: Apache-2.0
import {
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import type { ConnectRouter } from "@connectrpc/connect";
import { createAccountService } from "./account-service.ts";
import { createActivityService } from "./activity-service.ts";
import type { OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { createPromptService } from "./prompt-service.ts";
import { createSessionService } from "./session-service.ts";
import { createSettingsService } from "./settings-service.ts";
import { createVaultService } from "./vault-service.ts";

/** Every service of the owner channel, each method behind its stated policy (decisions 3). */
export function registerOwnerServices(
  router: ConnectRouter,
  parts: BrokerParts,
  access: OwnerAccess,
): void {
  const { guard } = access;
  router
    .service(
      PromptService,
      guard(PromptService, createPromptService(parts, access)),
    )
    .service(
      AccountService,
      guard(AccountService, createAccountService(parts, access)),
    )
    .service(
      SessionService,
      guard(SessionService, createSessionService(parts, access)),
    )
    .service(
      ActivityService,
      guard(ActivityService, createActivityService(parts, access)),
    )
    .service(
      VaultService,
      guard(VaultService, createVaultService(parts, access)),
    )
    .service(
      SettingsService,
      guard(SettingsService, createSettingsService(parts, access)),
    );
}
