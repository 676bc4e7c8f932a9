// SPDX-License-Identifier: Apache-2.0

/** One field, or a whole item, as bound to ids when the user approved (SES-018). */
export interface BoundReference {
  readonly vaultId: string;
  readonly itemId: string;
  /** Undefined: every field of the item. A file stands here by its own id. */
  readonly fieldId: string | undefined;
  /** What of the field: a one-time code is not its seed, a public key not the private one. */
  readonly attribute: string;
}

/** What a grant reaches, in ids. An empty set reaches nothing (SES-016). */
export type BoundExtent =
  | { readonly kind: "every-vault" }
  | { readonly kind: "vaults"; readonly vaultIds: ReadonlySet<string> }
  | {
      readonly kind: "references";
      readonly references: readonly BoundReference[];
    };

/** A granted scope. */
export interface BoundScope {
  readonly write: boolean;
  readonly extent: BoundExtent;
}

/** Whether the scope reaches a whole vault. */
export function reachesVault(scope: BoundScope, vaultId: string): boolean {
  const { extent } = scope;
  return (
    extent.kind === "every-vault" ||
    (extent.kind === "vaults" && extent.vaultIds.has(vaultId))
  );
}

/** Whether the scope reaches one reading of one field. */
export function reachesReference(
  scope: BoundScope,
  wanted: BoundReference,
): boolean {
  if (reachesVault(scope, wanted.vaultId)) return true;
  if (scope.extent.kind !== "references") return false;
  return scope.extent.references.some(
    (granted) =>
      granted.itemId === wanted.itemId &&
      granted.vaultId === wanted.vaultId &&
      (granted.fieldId === undefined ||
        (granted.fieldId === wanted.fieldId &&
          granted.attribute === wanted.attribute)),
  );
}

/**
 * Whether everything `wanted` reaches is reached by `granted` alone. Two
 * grants that only together reach it do not count (SES-017).
 */
export function covers(granted: BoundScope, wanted: BoundScope): boolean {
  if (wanted.write && !granted.write) return false;
  const { extent } = wanted;
  switch (extent.kind) {
    case "every-vault":
      return granted.extent.kind === "every-vault";
    case "vaults":
      return (
        extent.vaultIds.size > 0 &&
        [...extent.vaultIds].every((id) => reachesVault(granted, id))
      );
    case "references":
      return (
        extent.references.length > 0 &&
        extent.references.every((one) => reachesReference(granted, one))
      );
  }
}
