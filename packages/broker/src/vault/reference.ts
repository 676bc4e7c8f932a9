// SPDX-License-Identifier: Apache-2.0
import {
  type ReferenceAttribute,
  ReferenceFailure,
  type SecretReference,
} from "@assent/protocol";
import { foldName } from "./folded-name.ts";
import { matchField } from "./reference-field.ts";
import type { ItemEntry } from "./store.ts";

export { foldName } from "./folded-name.ts";
export { readMatch, type ValueOutcome } from "./reference-value.ts";

/** A vault by its name. */
export interface NamedVault {
  readonly id: string;
  readonly name: string;
}

/**
 * What a reference may match: a view of an open store, possibly narrowed to a
 * scope. An `AccountStore` is one. It tells names and types, never values.
 */
export interface ReferenceView {
  vaults(): readonly NamedVault[];
  vault(vaultId: string): NamedVault | undefined;
  items(vaultId: string): readonly ItemEntry[];
  entry(itemId: string): ItemEntry | undefined;
  /** Vaults of this folded name. Without it, all names are looked through. */
  vaultsNamed?(foldedName: string): readonly NamedVault[];
  /** Items of this folded title. Without it, all titles of the vault are looked through. */
  itemsNamed?(vaultId: string, foldedTitle: string): readonly ItemEntry[];
}

/** What a reference means, in ids (SES-018). */
export interface ReferenceMatch {
  readonly vaultId: string;
  readonly itemId: string;
  /**
   * Undefined, as is `fileId`: the whole item (references of two segments, in
   * scopes). What an item has without storing it has an id of its own:
   * `notesPlain`, and of an SSH key `public_key`, `fingerprint`, `key_type`.
   */
  readonly fieldId: string | undefined;
  readonly fileId: string | undefined;
  readonly attribute: ReferenceAttribute;
  readonly sshFormat: "openssh" | undefined;
}

/** Whether it means what is in a file, rather than something that is told of one. */
export function isContent({ fileId, attribute }: ReferenceMatch): boolean {
  return (
    fileId !== undefined && (attribute === "value" || attribute === "content")
  );
}

/** The one thing that a reference means, or why there is none. */
export type ReferenceOutcome =
  | { readonly match: ReferenceMatch }
  | { readonly failure: ReferenceFailure };

/**
 * Find what a reference means. Each name is taken as an id first, exactly,
 * then as a name (see `foldName`). A name that several things bear is never
 * guessed at. Archived items never match. Nothing is opened for it.
 */
export function matchReference(
  view: ReferenceView,
  reference: SecretReference,
): ReferenceOutcome {
  const vaults = findVaults(view, reference.vault);
  const vault = vaults[0];
  if (vault === undefined) return fail(ReferenceFailure.VAULT_NOT_FOUND);
  if (vaults.length > 1) return fail(ReferenceFailure.TOO_MANY_VAULTS);

  const items = findItems(view, vault.id, reference.item);
  const item = items[0];
  if (item === undefined) return fail(ReferenceFailure.ITEM_NOT_FOUND);
  if (items.length > 1) return fail(ReferenceFailure.TOO_MANY_ITEMS);

  const place = { vaultId: vault.id, itemId: item.overview.id };
  const { attribute, sshFormat } = reference;
  if (reference.field === undefined) {
    const whole = { fieldId: undefined, fileId: undefined };
    return { match: { ...place, ...whole, attribute, sshFormat } };
  }
  const found = matchField(item, { ...reference, field: reference.field });
  if ("failure" in found) return found;
  const { fieldId, fileId } = found.part;
  return { match: { ...place, fieldId, fileId, attribute, sshFormat } };
}

/** The vault of this id, else those of this name. */
export function findVaults(
  view: Pick<ReferenceView, "vault" | "vaults" | "vaultsNamed">,
  name: string,
): readonly NamedVault[] {
  const byId = view.vault(name);
  if (byId !== undefined) return [byId];
  const folded = foldName(name);
  return (
    view.vaultsNamed?.(folded) ??
    view.vaults().filter((vault) => foldName(vault.name) === folded)
  );
}

function findItems(
  view: ReferenceView,
  vaultId: string,
  name: string,
): readonly ItemEntry[] {
  const byId = view.entry(name);
  if (
    byId !== undefined &&
    byId.overview.vaultId === vaultId &&
    !byId.overview.archived
  ) {
    return [byId];
  }
  const folded = foldName(name);
  const named =
    view.itemsNamed?.(vaultId, folded) ??
    view
      .items(vaultId)
      .filter((item) => foldName(item.overview.title) === folded);
  return named.filter((item) => !item.overview.archived);
}

function fail(failure: ReferenceFailure): ReferenceOutcome {
  return { failure };
}
