// SPDX-License-Identifier: Apache-2.0
import { count } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";

/** What stands on the page of the items. */
export const itemText = {
  title: "Items",
  contents: "What is in it",
  fields: "Fields",
  tagsOf: "Tags",
  urlsOf: "Addresses",
  moreOfVault: "More of this vault",
  notTheName: "That is not the name of the vault. Nothing was deleted.",
  more: "Show more",
  unclear:
    "The broker answered something that this version does not understand.",
  editHint:
    "Takes the password before and after. What is concealed stays so, unless you type something else.",
  conflict:
    "The item was changed by someone else meanwhile. Nothing was stored: go back, and repeat the change.",
  noKind: "Choose a kind of characters.",
  lead: "Your vaults, and what is in them.",
  loading: "Reading the vault…",
  tryAgain: "Try again",
  vaults: "Vaults",
  noVault: "There is no vault yet",
  noVaultHint: "A vault holds items. Programs name it in references.",
  addVault: "Add a vault",
  vaultName: "Name of the vault",
  vaultNameHint:
    "Letters, digits, “-”, “_”, “.” and spaces, to be named in references.",
  createVault: "Create vault",
  deleteVault: "Delete this vault",
  noItem: "There is no item in this vault",
  noItemHint: "Add one: a login, a key, a token.",
  noMatch: "No item matches",
  search: "Search titles, tags and addresses",
  archivedToo: "Archived ones as well",
  archived: "archived",
  addItem: "Add an item",
  itemTitle: "Title",
  category: "Category",
  tags: "Tags, with commas between",
  urls: "Addresses, one a line",
  notes: "Notes",
  removeNotes: "Remove the notes that are there",
  changedAt: "Changed",
  open: "Show what is in it",
  openHint:
    "Takes the password each time. Hidden again after 30 seconds, and when you leave this window.",
  hidden: "••••••••",
  isHidden: "hidden",
  reveal: "Show",
  conceal: "Hide",
  hideNow: "Hide now",
  copy: "Copy",
  copyReference: "Copy reference",
  referenceCopied:
    "The reference is copied. It is no secret: a program still has to ask.",
  copied:
    "Copied. It stays on the clipboard until something else is copied, or you clear it.",
  copyFailed: "The browser did not let it be copied.",
  copiedPlain: "Copied.",
  clearClipboard: "Clear the clipboard",
  cleared: "The clipboard is cleared.",
  edit: "Edit",
  archive: "Archive",
  archiveHint: "No reference finds it any more. It stays in the vault.",
  delete: "Delete",
  deleteHint: "Deletes it, for good.",
  save: "Save",
  cancel: "Cancel",
  field: "Field",
  addField: "Add a field",
  removeField: "Remove this field",
  fieldName: "Name of the field",
  fieldType: "Type",
  fieldValue: "Value",
  section: "Section (may be empty)",
  kept: "Unchanged. Type to replace it.",
  noTitle: "An item needs a title.",
  noFieldName: "A field needs a name.",
  looksLikeId: "A name does not look like an id. Choose another.",
  tooLong: "A name has at most 256 characters.",
  emptyName: "A name is not empty.",
  generate: "Generate",
  length: "Length",
  letters: "Letters",
  digits: "Digits",
  symbols: "Symbols",
  lookAlikes: "Also what looks alike (0 and O, 1 and l)",
  use: "Fill it in",
  nothingInIt: "Nothing is in it yet.",
  files: "Files",
  untouched: "The item was not touched",
  withoutValues:
    "The broker gave this item without its values. Nothing was changed. Unlock the account, then try again.",
} as const;

/** Above the password that opens the vaults of an account. */
export function browseSignInText(account: string, isLocked: boolean): string {
  const name = makeSafe(account);
  return isLocked
    ? `${name} is locked. Its password unlocks it, and shows the titles in its vaults here for ten idle minutes.`
    : `The password shows the titles in its vaults here for ten idle minutes. What is in an item takes the password again.`;
}

/** How many items a vault holds. */
export function itemsText(n: number): string {
  return count(n, "item");
}

/** How long what is shown stays: `Hidden in 24 seconds`. */
export function hiddenInText(leftMs: number): string {
  return `Hidden in ${count(Math.max(Math.ceil(leftMs / 1000), 0), "second")}`;
}

/** After an item was stored. */
export function storedText(title: string, vault: string): string {
  return `${makeSafe(title)} is stored in ${makeSafe(vault)}.`;
}

/** After an item was changed. */
export function changedText(title: string): string {
  return `${makeSafe(title)} is changed.`;
}

/** After an item was archived, or deleted. */
export function itemRemovedText(title: string, isArchived: boolean): string {
  return `${makeSafe(title)} is ${isArchived ? "archived" : "gone"}.`;
}

/** After a vault was made. */
export function vaultCreatedText(name: string): string {
  return `The vault ${makeSafe(name)} is created.`;
}

/** After a vault was deleted. */
export function vaultRemovedText(name: string, items: number): string {
  return `The vault ${makeSafe(name)} and its ${count(items, "item")} are gone.`;
}

/** Before a vault is deleted. */
export function vaultRemovalWarning(name: string, items: number): string {
  return `The vault ${makeSafe(name)} and its ${count(items, "item")} will be gone, for good. Type its name to delete it.`;
}

/** How hard a generated password is to guess. */
export function strengthText(bits: number): string {
  return `${Math.floor(bits)} bits: ${bits >= 96 ? "hard to guess for good" : bits >= 64 ? "hard to guess" : "can be guessed by somebody who copies your files"}`;
}
