// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import type { Settings, SettingsSchema } from "@assent/protocol/owner";
import { durationText } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";

/** The settings as the page edits them; turning the integration on or off is apart. */
export interface SettingsDraft {
  readonly inactivityMs: number;
  readonly autoLockMs: number;
  readonly webSurface: boolean;
}

/** A time to choose. */
export interface TimeChoice {
  readonly ms: number;
  readonly label: string;
}

const minute = 60_000;
const hour = 60 * minute;

/** The settings as the broker told them. */
export function draftOf(settings: Settings): SettingsDraft {
  return {
    inactivityMs: settings.inactivityTimeout
      ? durationMs(settings.inactivityTimeout)
      : limits.inactivityMs,
    autoLockMs: settings.autoLock
      ? durationMs(settings.autoLock)
      : limits.inactivityMs,
    webSurface: settings.webSurface,
  };
}

/** Whether there is something to save. */
export function isChanged(draft: SettingsDraft, settings: Settings): boolean {
  const present = draftOf(settings);
  return (
    draft.inactivityMs !== present.inactivityMs ||
    draft.autoLockMs !== present.autoLockMs ||
    draft.webSurface !== present.webSurface
  );
}

/**
 * The settings to be sent: the draft, and the integration as it is now. What
 * this version does not know of `settings` goes back as it came.
 */
export function settingsOf(
  draft: SettingsDraft,
  settings: Settings,
  integrationEnabled: boolean = settings.integrationEnabled,
): MessageInitShape<typeof SettingsSchema> {
  return {
    ...settings,
    integrationEnabled,
    inactivityTimeout: durationFromMs(draft.inactivityMs),
    autoLock: durationFromMs(draft.autoLockMs),
    webSurface: draft.webSurface,
  };
}

/** Times after which unused access ends: one to ten minutes, and what is set now. */
export function inactivityChoices(presentMs: number): readonly TimeChoice[] {
  return choices(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n * minute),
    presentMs,
  );
}

/** Times after which an idle account locks: a minute to a day, and what is set now. */
export function autoLockChoices(presentMs: number): readonly TimeChoice[] {
  return choices(
    [
      minute,
      2 * minute,
      5 * minute,
      10 * minute,
      15 * minute,
      30 * minute,
      hour,
      2 * hour,
      4 * hour,
      8 * hour,
      24 * hour,
    ],
    presentMs,
  );
}

function choices(
  usual: readonly number[],
  presentMs: number,
): readonly TimeChoice[] {
  return [...new Set([...usual, presentMs])]
    .sort((one, other) => one - other)
    .map((ms) => ({ ms, label: durationText(ms) }));
}
