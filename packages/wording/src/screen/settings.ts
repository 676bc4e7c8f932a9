// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "../safe/make-safe.ts";

/** What stands on the page of the settings. */
export const settingsText = {
  title: "Settings",
  lead: "How Assent behaves on this computer.",
  loading: "Reading the settings…",
  integration: "Integrate with other apps",
  integrationHint:
    "Let programs on this computer ask for access to your accounts. Turning this off ends all access now and refuses new requests without asking you.",
  integrationOn: "The integration is on: programs can ask for access.",
  integrationOff: "The integration is off. All access has ended.",
  turnOn: "Turn on",
  turnOnHint: "Takes the password of any account.",
  noAccount: "Create an account first: there is nothing to ask for yet.",
  times: "Time",
  inactivity: "Access ends when idle for",
  inactivityHint:
    "The longest that a program keeps its access without using it. A request can ask for less.",
  autoLock: "Lock after",
  autoLockHint:
    "An account that you unlocked by hand locks itself when nothing used it for so long.",
  surface: "Where requests appear",
  surfaceWeb: "In the browser",
  surfaceWebHint:
    "Assent opens this page when a request waits and nothing shows it.",
  surfaceTerminal: "Only where I watch",
  surfaceTerminalHint:
    "In a tab that is open already, or in a terminal with: assent watch",
  theme: "Appearance",
  themeHint: "Of this page, in this browser.",
  light: "Light",
  dark: "Dark",
  system: "As the system",
  save: "Save changes",
  discard: "Discard",
  changed: "Changes are not saved yet",
  saved: "The settings are saved.",
  stored:
    "This broker keeps another value than the choices here: it stays unless you change it.",
} as const;

/** The version at the foot of the settings. */
export function versionText(version: string, pid: number): string {
  return `Assent ${makeSafe(version)} is running (process ${pid}).`;
}
