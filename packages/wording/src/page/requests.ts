// SPDX-License-Identifier: Apache-2.0
import { clockText } from "../duration.ts";
import { count } from "../plural.ts";

/** What the card of a request says beside what it is asked. */
export const requestText = {
  moreWaysToDeny: "More ways to deny",
  denyAndMute: "Deny, and block for 1 hour",
  escapeHintBefore: "Did not expect this? Press",
  escapeKey: "Esc",
  escapeHintAfter: "to deny. Nothing is shared before you approve.",
  readToTheEnd: "Scroll to the end to approve: all of it counts.",
  chooseAccount: "Which account?",
  passwordAfterAccount: "Choose the account first.",
  allowLess: "Allow less",
  onlyReading: "Only reading",
  onlyVaults: "Only these vaults",
  onlyVaultsHint:
    "Names, with commas between them. Empty: every vault, as asked.",
  onlySecrets: "Only these secrets",
  idleFor: "Ends when idle for",
  emptyHint:
    "When a program asks for one of your accounts, the request appears here. You may leave this page open or close it: Assent opens it again when it is needed.",
  toSettings: "To the settings",
  noAccount: "You have no account yet.",
  toAccounts: "Make one",
  next: "Next request",
  done: "Done",
  revoked: "Revoked: it cannot use the account any more.",
  nothingToRevoke: "It has no access any more.",
  unblock: "Let it ask again",
  unblocked: "It may ask again.",
} as const;

/** What the page says while it has no live connection. */
export const gateText = {
  codeTitle: "Open Assent here",
  codeHint: "Run this in a terminal, and type the code it prints:",
  codeCommand: "assent ui",
  codeLabel: "One-time code",
  codeEmpty: "Type the code first.",
  codeLater: "That was too fast. Wait a second, then try again.",
  codeNone: "No code is good any more. Run assent ui for a new one.",
  codeFailed: "Assent did not answer. Run assent ui again.",
  open: "Open",
  signedOutHint: "Open it again from a terminal, with: assent ui",
  offlineHint: "Start it with: assent broker run",
  lostHint:
    "This page is over, also when Assent comes back. Close it; a new one opens when a program asks.",
  tooManyTabs: "Assent is open in too many windows.",
  tooManyTabsHint: "Close one of them, then load this one again.",
  left: "This page is over. Close it.",
  signInTitle: "Who is there?",
  signInHint:
    "Give the password of one of your accounts once, so that this page may show requests. It unlocks nothing and approves nothing.",
  signInAccount: "Account",
  signIn: "Continue",
} as const;

/** After a wrong one-time code. */
export function wrongCodeText(triesLeft: number): string {
  return `That code is not right. ${count(triesLeft, "try", "tries")} left.`;
}

/** A choice that leaves a duration as the program asked for it. */
export function asAskedText(duration: string): string {
  return `${duration}, as asked`;
}

/** What is left of the time to answer: `1:26 left`. */
export function timeLeftText(durationMs: number): string {
  return `${clockText(durationMs)} left`;
}

/** The same, to be read aloud: `30 seconds left`. */
export function secondsLeftText(seconds: number): string {
  return `${count(seconds, "second")} left to answer`;
}

/** After a request was answered, when others wait. */
export function othersWaitText(others: number): string {
  return others === 1
    ? "1 other request waits."
    : `${count(others, "other request")} wait.`;
}
