// SPDX-License-Identifier: Apache-2.0
import {
  DisableIntegrationResponseSchema,
  GetSettingsResponseSchema,
  OwnerReason,
  PutSettingsResponseSchema,
  type Settings,
  type SettingsService,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import {
  type Duration,
  durationFromMs,
  durationMs,
} from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { BrokerSettings } from "../settings/settings.ts";
import { disableIntegration } from "./endings.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { ownerRefusal } from "./refusal.ts";

/** How the broker behaves. */
export function createSettingsService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof SettingsService> {
  return {
    getSettings() {
      const { autoLockMs, inactivityMs, webSurface } = parts.settings.current;
      return create(GetSettingsResponseSchema, {
        settings: {
          integrationEnabled: parts.integration.isOn,
          autoLock: durationFromMs(autoLockMs),
          inactivityTimeout: durationFromMs(inactivityMs),
          webSurface,
        },
        brokerVersion: parts.version,
        brokerPid: process.pid,
      });
    },
    async disableIntegration() {
      await disableIntegration(parts);
      return create(DisableIntegrationResponseSchema);
    },
    async putSettings(request, context) {
      using _credential = await parts.credentials.check(
        request.credential,
        access.isTrusted(connectionOf(context)),
        context.signal,
      );
      const { integration, settings } = parts;
      const wanted = read(request.settings, settings.current);
      // What is not well-formed changes nothing, the integration neither.
      const { integrationEnabled } = settings.current;
      settings.change({ ...wanted, integrationEnabled });
      if (!wanted.integrationEnabled) await disableIntegration(parts);
      else if (!integration.isOn) {
        await integration.turnOn();
        parts.recorder.note(undefined, { kind: "integration-on" });
      }
      return create(PutSettingsResponseSchema);
    },
  };
}

/** As they shall be: all of them, but a duration that is unset stays as it is. */
function read(
  settings: Settings | undefined,
  current: BrokerSettings,
): BrokerSettings {
  if (settings === undefined) throw ownerRefusal(OwnerReason.INVALID);
  return {
    integrationEnabled: settings.integrationEnabled,
    autoLockMs: wholeMs(settings.autoLock, current.autoLockMs),
    inactivityMs: wholeMs(settings.inactivityTimeout, current.inactivityMs),
    webSurface: settings.webSurface,
  };
}

function wholeMs(duration: Duration | undefined, unset: number): number {
  return duration === undefined ? unset : Math.floor(durationMs(duration));
}
