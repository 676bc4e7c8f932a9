// SPDX-License-Identifier: Apache-2.0
import { count } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";

/** What stands on the page of the accounts. */
export const accountText = {
  title: "Accounts",
  lead: "Your accounts, and what opens them.",
  loading: "Looking for accounts…",
  add: "Add an account",
  manage: "Manage",
  back: "All accounts",
  locked: "Locked",
  unlocked: "Unlocked",
  unusable: "Cannot be used",
  unlock: "Unlock",
  lock: "Lock",
  lockAll: "Lock all",
  cancel: "Cancel",
  name: "Name",
  nameHint: "What you will see when a program asks.",
  rename: "Rename",
  newName: "New name",
  create: "Create account",
  password: "Password",
  newPassword: "New password",
  repeat: "New password, once more",
  passwordHint: "At least 8 characters. Five or more random words are best.",
  tooShort: "A password has at least 8 characters.",
  notTheSame: "The two passwords are not the same. Nothing was changed.",
  noName: "A name is not empty.",
  emptyPassword: "The password is empty.",
  advice:
    "Can be guessed by somebody who copies your files. Five or more random words are better.",
  goodLength: "Long enough to be hard to guess.",
  otherAccount: "Of an account that you have already",
  changePassword: "Change password",
  presentPassword: "Present password",
  firstName: "Personal",
  changePasswordHint:
    "Takes the present password, or the recovery code if you have lost it.",
  withRecoveryCode: "I have lost the password: use the recovery code",
  withPassword: "Use the present password",
  recoveryCode: "Recovery code",
  slots: "What opens this account",
  slotsHint: "Shown after the password, for ten idle minutes.",
  show: "Show",
  removeSlot: "Remove",
  passwordSlot: "Password",
  recoverySlot: "Recovery code",
  passkeySlot: "Passkey",
  otherSlot: "Something this version does not know",
  lastSlot: "What opens the account last cannot be removed.",
  backups: "Backups",
  backupsHint:
    "One is made before the first change after an unlock; three are kept. Each opens with the password of its day.",
  noBackup:
    "No backup yet. One is made before the first change after an unlock.",
  backUp: "Back up now",
  backUpHint: "Leave it empty for one more backup of Assent’s own.",
  path: "Copy to a new file (absolute path, may be empty)",
  restore: "Restore",
  restoreOther:
    "The backup opens with another password than the account does now",
  backupPassword: "Password of the backup",
  noBackupPassword: "The password of the backup is empty.",
  usePresent: "Use the file that is there",
  usePresentHint:
    "The file of this account is older than what was last seen of it, or was put there by hand. Only use it if you did that.",
  restoreHint:
    "It takes the place of what is there now, which is kept as a backup. All access ends.",
  remove: "Delete this account",
  removeHint:
    "Deletes the account and all that is in it, for good. Backups go too.",
  removeConfirm: "Type the name of the account to delete it",
  notTheName: "That is not the name of the account. Nothing was deleted.",
  removeButton: "Delete for good",
  working: "Checking…",
} as const;

/** What stands on the recovery code's own page. */
export const recoveryText = {
  heading: "Recovery code",
  hint: "Opens the account without its password. A new code replaces the one before.",
  lead: "The recovery code opens the account without its password. Write it down or print it, and keep it where nobody else looks.",
  once: "It is shown only now.",
  replaces: "A new code replaces the one before.",
  make: "Make a recovery code",
  print: "Print",
  copy: "Copy",
  confirm: "Confirm",
  go: "Go on",
  printed:
    "It opens the account without its password. In Assent: Accounts, Change password, use the recovery code.",
  copied: "Copied. It stays on the clipboard until something else is copied.",
  copyFailed: "The browser did not let it be copied. Write it down.",
  kept: "I have written it down",
  check: "To be sure that you have it, type one part of it.",
  again: "Show it once more",
  wrong: "That is not what stands there. Look at what you wrote down.",
  confirmed: "The recovery code is yours alone now: it is not kept here.",
} as const;

/** What leads somebody who is new here. */
export const welcomeText = {
  title: "Welcome to Assent",
  lead: "Programs ask for your secrets, and get them only after you said yes, here.",
  steps: "First steps",
  create: "Create your account",
  createHint: "It keeps your vaults. Programs that ask see its name.",
  recovery: "Keep a way back in",
  integration: "Let programs ask",
  integrationHint:
    "Turns the integration on: programs on this computer can ask for access. None gets any before you approve.",
  waiting: "Waiting for a first request",
  waitingHint:
    "When a program asks for one of your accounts, it appears here. You can leave this tab open, or close it.",
  go: "Go to requests",
  later: "Not now",
  isDone: "done",
} as const;

/** Which part of the code is to be typed: `Part 3 of 6`. */
export function recoveryPartText(part: number, parts: number): string {
  return `Part ${part} of ${parts}`;
}

/** How long a new password is: `12 characters`. */
export function lengthText(characters: number): string {
  return count(characters, "character");
}

/** After an account was made. */
export function createdText(name: string): string {
  return `${makeSafe(name)} is created, and locked.`;
}

/** After an account was unlocked by hand. */
export function unlockedText(name: string): string {
  return `${makeSafe(name)} is unlocked until it is idle, or you lock it.`;
}

/** After an account was given another name. */
export function renamedText(before: string, name: string): string {
  return `${makeSafe(before)} is called ${makeSafe(name)} now.`;
}

/** After the password was changed; the recovery code opens the account once. */
export function passwordChangedText(
  name: string,
  byRecoveryCode = false,
): string {
  const changed = `${makeSafe(name)} has a new password.`;
  return byRecoveryCode
    ? `${changed} The recovery code is used up: make a new one.`
    : changed;
}

/** After an account was removed. */
export function removedText(name: string): string {
  return `${makeSafe(name)} and all that was in it are gone.`;
}

/** After a way to open the account was removed. */
export function slotRemovedText(slot: string, name: string): string {
  return `${slot} does not open ${makeSafe(name)} any more.`;
}

/** After a backup was made; the path is empty for one of the broker's own. */
export function backedUpText(name: string, path: string): string {
  const where = path === "" ? "" : ` to ${makeSafe(path)}`;
  return `${makeSafe(name)} is copied${where}. The copy opens with the password of today.`;
}

/** After a backup was put in the place of its account. */
export function restoredText(name: string): string {
  return `${makeSafe(name)} is restored, and locked. It opens with the password of the backup. What was there before is kept as a backup.`;
}

/** Label of the password that lets a further account be made. */
export function existingPasswordLabel(name: string): string {
  return `Account password for ${makeSafe(name)}, which you have already`;
}

/** Heading of the form that unlocks, and buttons that name their account for those who do not see it. */
export function ofAccount(what: string, name: string): string {
  return `${what}: ${makeSafe(name)}`;
}

/** Before an account is deleted. */
export function removeWarning(name: string): string {
  return `${makeSafe(name)} and all that is in it will be gone, for good. No recovery code brings it back.`;
}
