// SPDX-License-Identifier: Apache-2.0
import type { Log } from "../log/log.ts";
import type { BrokerSettings } from "../settings/settings.ts";
import { disableIntegration } from "./endings.ts";
import type { BrokerParts } from "./parts.ts";

/** What a setting of ours can be. */
type Numbers = Readonly<Record<string, number | boolean>>;

/**
 * Take what the settings file says now, as a restart would, and tell each
 * change. Calls under way go on, unless the integration is off now. Throws
 * SettingsError when the file is not well-formed: what was before then stands;
 * rejects as the switch does when the channel cannot be opened.
 */
export async function reloadSettings(
  parts: BrokerParts,
  log: Log,
): Promise<void> {
  const { settings, integration, recorder } = parts;
  const before: BrokerSettings & Numbers = { ...settings.current };
  const wasOn = integration.isOn;
  settings.reload();
  const now: BrokerSettings & Numbers = { ...settings.current };
  for (const [setting, to] of Object.entries(now)) {
    const from = before[setting];
    if (from !== to) log.info("setting-changed", { setting, from, to });
  }
  if (!now.integrationEnabled) await disableIntegration(parts);
  else if (!wasOn) {
    await integration.turnOn();
    recorder.note(undefined, { kind: "integration-on" });
  }
  log.info("settings-reloaded");
}
