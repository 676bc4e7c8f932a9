// SPDX-License-Identifier: Apache-2.0
import {
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import type { DescService } from "@bufbuild/protobuf";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { createAccountService } from "./account-service.ts";
import { createActivityService } from "./activity-service.ts";
import { translating } from "./fault.ts";
import type { OwnerAccess } from "./owner-access.ts";
import { ownerFailure } from "./owner-failure.ts";
import type { BrokerParts } from "./parts.ts";
import { createPromptService } from "./prompt-service.ts";
import type { RefusalReport } from "./refusal-line.ts";
import { createSessionService } from "./session-service.ts";
import { createSettingsService } from "./settings-service.ts";
import { createVaultService } from "./vault-service.ts";

/** Every service of the owner channel, each method behind its stated policy (decisions 3). */
export function registerOwnerServices(
  router: ConnectRouter,
  parts: BrokerParts,
  access: OwnerAccess,
  onRefused: RefusalReport,
): void {
  const register = <S extends DescService>(
    service: S,
    implementation: ServiceImpl<S>,
  ) =>
    router.service(
      service,
      access.guard(
        service,
        translating(
          implementation,
          (error) => ownerFailure(error, parts.onFault),
          onRefused,
        ),
      ),
    );
  register(PromptService, createPromptService(parts, access));
  register(AccountService, createAccountService(parts, access));
  register(SessionService, createSessionService(parts, access));
  register(ActivityService, createActivityService(parts, access));
  register(VaultService, createVaultService(parts, access));
  register(SettingsService, createSettingsService(parts, access));
}
