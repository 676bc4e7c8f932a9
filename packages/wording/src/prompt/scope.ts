// SPDX-License-Identifier: Apache-2.0
import { Access, parseScopeReference, type Scope } from "@assent/protocol";
import { count } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";

/** One thing that approval allows. */
export interface ScopeLine {
  readonly kind: "read" | "write";
  readonly text: string;
  /** What it is about, one below the other; may be empty. */
  readonly details: readonly string[];
}

/**
 * What a scope allows, in words, each line after "If you approve, it can"
 * (PRM-003). Undefined: the scope cannot be told in full, so it must not be
 * approved (SES-010: unset, empty, or made by a newer version).
 */
export function describeScope(
  scope: Scope | undefined,
  accountName: string,
): readonly ScopeLine[] | undefined {
  if (scope === undefined || !isWhole(scope)) return undefined;
  if (scope.access !== Access.READ && scope.access !== Access.READ_WRITE) {
    return undefined;
  }
  const writes = scope.access === Access.READ_WRITE;
  const account = makeSafe(accountName);
  const { extent } = scope;
  switch (extent.case) {
    case "everyVault":
      return [
        line("read", `Read every item in ${account}`, [
          "Passwords and keys included, in every vault, also in ones you add later",
        ]),
        ...(writes
          ? [line("write", "Add, change and delete items and vaults")]
          : []),
      ];
    case "vaults": {
      const { vaults } = extent.value;
      if (vaults.length === 0) return undefined;
      const where = vaults.length === 1 ? "this vault" : "these vaults";
      return [
        line(
          "read",
          `Read every item in ${where} of ${account}`,
          vaults.map((name) => makeSafe(name)),
        ),
        ...(writes
          ? [line("write", `Add, change and delete items in ${where}`)]
          : []),
      ];
    }
    case "references": {
      const { references } = extent.value;
      if (references.length === 0 || writes) return undefined;
      return [
        line(
          "read",
          `Read ${count(references.length, "secret")} of ${account} and nothing else`,
          references.map(describeReference),
        ),
      ];
    }
    default:
      return undefined;
  }
}

// Unknown fields make a scope one that we do not understand.
function isWhole(scope: Scope): boolean {
  const { value } = scope.extent;
  return scope.$unknown === undefined && value?.$unknown === undefined;
}

function describeReference(text: string): string {
  const shown = makeSafe(text);
  try {
    const { field, attribute, sshFormat } = parseScopeReference(text);
    if (field === undefined) return `${shown} (every field of the item)`;
    if (attribute === "otp") return `${shown} (one-time codes)`;
    if (sshFormat !== undefined) return `${shown} (private key)`;
    return shown;
  } catch {
    return `${shown} (not a reference: gives nothing)`;
  }
}

function line(
  kind: ScopeLine["kind"],
  text: string,
  details: readonly string[] = [],
): ScopeLine {
  return { kind, text, details };
}
