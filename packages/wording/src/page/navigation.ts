// SPDX-License-Identifier: Apache-2.0
import { language } from "../plural.ts";

/** Names of the screens of the page, as in its navigation and its titles. */
export const screenText = {
  requests: "Requests",
  access: "Active access",
  activity: "Activity",
  accounts: "Accounts",
  items: "Items",
  settings: "Settings",
} as const;

/** What the frame around the screens says. */
export const frameText = {
  product: "Assent",
  navigation: "Main",
  openNavigation: "Menu",
  accounts: "Your accounts",
  locked: "Locked",
  unlocked: "Unlocked",
  unusable: "Cannot be used",
  skip: "Skip to the content",
  loading: "Loading…",
  connecting: "Connecting…",
  close: "Close",
  cancel: "Cancel",
  more: "More",
  showPassword: "Show password",
  hidePassword: "Hide password",
  copy: "Copy",
  copied: "Copied",
  screenFailed: "This screen could not be shown. Load the page again.",
} as const;

/** Title of the window: how many requests wait, then where one is. */
export function titleText(waiting: number, screen: string): string {
  const title = `${screen} · ${frameText.product}`;
  return waiting > 0 ? `(${waiting}) ${title}` : title;
}

/** Badge beside "Requests", for those who do not see it. */
export function waitingText(waiting: number): string {
  return `${waiting} waiting`;
}

/** Which way the language of the catalogue is written. */
export const direction: "ltr" | "rtl" = /^(?:ar|dv|fa|he|ps|ur|yi)\b/.test(
  language,
)
  ? "rtl"
  : "ltr";
