// SPDX-License-Identifier: Apache-2.0
import { durationText } from "../duration.ts";
import { count, inARow } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";

/** What stands on buttons and beside keys. */
export const buttonText = {
  deny: "Deny",
  approve: "Approve",
  approveAnyway: "Approve anyway",
  unlockAndApprove: "Unlock and approve",
  revoke: "Revoke",
  revokeAll: "Revoke all",
  lock: "Lock",
  lockAll: "Lock all accounts",
  usePassword: "Use account password",
} as const;

/** What a surface says of its own state. */
export const stateText = {
  empty: "Nothing is waiting",
  emptyHint: "When a program asks for one of your accounts, it appears here.",
  arming: "Wait a moment: read before you answer.",
  checking: "Checking…",
  denied: "Denied. Nothing was given.",
  tooManyTries: "Too many wrong passwords: the request counts as denied.",
  passkeyCancelled: "Nothing was approved. Try again or use your password.",
  answeredElsewhere: "This request was answered elsewhere.",
  changed:
    "The request changed while it was shown. Nothing was approved: read it again.",
  offline: "Assent is not running. Nothing can be approved here.",
  signedOut: "You are signed out here. Nothing can be approved.",
  integrationOff: "The integration is off: programs cannot ask for anything.",
  doesNotFit:
    "The request does not fit in this window. Make it larger to approve; you can deny.",
  notShared: "Did not expect this? Deny. Nothing is shared before you approve.",
} as const;

/** Label of the field for the password. */
export function passwordLabel(account: string): string {
  return `Account password for ${makeSafe(account)}`;
}

/** After a wrong password. `triesLeft` 0: the prompt has ended. */
export function wrongPasswordText(triesLeft: number): string {
  return triesLeft === 0
    ? stateText.tooManyTries
    : `That password is not right. ${count(triesLeft, "try", "tries")} left.`;
}

/**
 * After an approval. `notFound` are the names of the scope that mean nothing in
 * the account: they grant nothing, and the approver is told.
 */
export function approvedText(
  program: string,
  account: string,
  notFound: readonly string[] = [],
): string {
  const approved = `${makeSafe(program)} can use ${makeSafe(account)}.`;
  if (notFound.length === 0) return approved;
  const names = inARow(notFound.map((name) => makeSafe(name)));
  return `${approved} Not found there, so not granted: ${names}.`;
}

/** Which of the waiting prompts is shown: `1 of 3`. */
export function positionText(position: number, total: number): string {
  return `${position} of ${total}`;
}

/** What the program asked for is cut short while it is shown. */
export function shortenedText(inactivityTimeoutMs: number): string {
  return `Shortened to ${durationText(inactivityTimeoutMs)} idle.`;
}

/**
 * Advice on a new password, given as UTF-8 bytes: strength is told, not
 * forced. Undefined: none.
 */
export function passwordAdvice(password: Uint8Array): string | undefined {
  // Continuation bytes begin no character.
  const characters = password.filter((byte) => (byte & 0xc0) !== 0x80).length;
  if (characters >= 16) return undefined;
  return `A password of ${count(characters, "character")} can be guessed by somebody who copies your files. Five or more random words are better: assent account passwd`;
}
