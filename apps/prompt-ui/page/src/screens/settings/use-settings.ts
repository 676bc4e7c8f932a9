// SPDX-License-Identifier: Apache-2.0
import {
  type GetSettingsResponse,
  SettingsService,
} from "@assent/protocol/owner";
import { useCallback, useState } from "react";
import { ownerClient } from "../../client.ts";
import type { GivenCredential } from "../../credential/credential-form.tsx";
import { useRepeated } from "../../credential/fresh.ts";
import { failureText } from "../../failure.ts";
import { draftOf, type SettingsDraft, settingsOf } from "./settings-draft.ts";

/** The settings of the broker, kept fresh while a screen is open. */
export interface BrokerSettings {
  /** Undefined: not told yet. */
  readonly told: GetSettingsResponse | undefined;
  readonly failure: string | undefined;
  readonly lookAgain: () => Promise<void>;
}

/** Read the settings, and again and again: another surface may change them. */
export function useSettings(): BrokerSettings {
  const [told, setTold] = useState<GetSettingsResponse>();
  const [failure, setFailure] = useState<string>();
  const lookAgain = useCallback(async () => {
    try {
      setTold(await ownerClient(SettingsService).getSettings({}));
      setFailure(undefined);
    } catch (error) {
      setFailure(failureText(error));
    }
  }, []);
  useRepeated(() => void lookAgain());
  return { told, failure, lookAgain };
}

/** Let programs ask. @throws ConnectError */
export async function turnIntegrationOn(
  credential: GivenCredential,
): Promise<void> {
  const service = ownerClient(SettingsService);
  // As they are now, not as they were when the screen was opened.
  const { settings } = await service.getSettings({});
  if (settings === undefined) return;
  await service.putSettings({
    credential,
    settings: settingsOf(draftOf(settings), settings, true),
  });
}

/** End all access, and refuse programs. @throws ConnectError */
export async function turnIntegrationOff(): Promise<void> {
  await ownerClient(SettingsService).disableIntegration({});
}

/** Save what was chosen; the integration stays as it is. @throws ConnectError */
export async function saveSettings(
  draft: SettingsDraft,
  credential: GivenCredential,
): Promise<void> {
  const service = ownerClient(SettingsService);
  const { settings } = await service.getSettings({});
  if (settings === undefined) return;
  await service.putSettings({
    credential,
    settings: settingsOf(draft, settings),
  });
}
