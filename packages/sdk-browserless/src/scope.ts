// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  limits,
  parseScopeReference,
  ReferenceSyntaxError,
  type Scope as ScopeMessage,
  ScopeSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { AssentError } from "./error.ts";

/** What a program may do with an account: as asked for, and as granted. */
export interface Scope {
  /** Default: `read`. */
  readonly access?: "read" | "read-write";
  /** These vaults only, by name or id; a grant has ids. Default: every vault. */
  readonly vaults?: readonly string[];
  /**
   * These items or fields only, as in `assent://Dev/GitHub` or
   * `assent://Dev/GitHub/token`; reading only. Not together with `vaults`.
   */
  readonly references?: readonly string[];
}

/** @throws AssentError "invalid" where a broker would refuse the scope. */
export function scopeMessage(scope: Scope): ScopeMessage {
  const { access = "read", vaults, references } = scope;
  if (access !== "read" && access !== "read-write") {
    throw invalid("access is read or read-write");
  }
  if (vaults !== undefined && references !== undefined) {
    throw invalid("it has vaults or references, not both");
  }
  if (references !== undefined && access !== "read") {
    throw invalid("references are for reading only");
  }
  checkCount("vaults", vaults, limits.scopeVaults);
  checkCount("references", references, limits.references);
  for (const reference of references ?? []) checkReference(reference);
  return create(ScopeSchema, {
    access: access === "read" ? Access.READ : Access.READ_WRITE,
    extent:
      vaults !== undefined
        ? { case: "vaults", value: { vaults: [...vaults] } }
        : references !== undefined
          ? { case: "references", value: { references: [...references] } }
          : { case: "everyVault", value: {} },
  });
}

/** What was granted; undefined if it says anything this SDK does not know (VER-004). */
export function readScope(
  message: ScopeMessage | undefined,
): Scope | undefined {
  if (message === undefined) return undefined;
  const access = readAccess(message.access);
  if (access === undefined) return undefined;
  switch (message.extent.case) {
    case "everyVault":
      return { access };
    case "vaults":
      return { access, vaults: message.extent.value.vaults };
    case "references":
      return { access, references: message.extent.value.references };
    default:
      return undefined;
  }
}

/**
 * Whether less was granted than asked. What was asked by name is granted by
 * id, so it is counted: two names for one thing look narrower than they are.
 */
export function isNarrower(granted: Scope, asked: Scope): boolean {
  if (asked.access === "read-write" && granted.access !== "read-write") {
    return true;
  }
  const { vaults, references } = granted;
  if (vaults === undefined && references === undefined) return false;
  const had = asked.vaults ?? asked.references;
  if (had === undefined) return true;
  if (references !== undefined && asked.references === undefined) return true;
  if (vaults !== undefined && asked.vaults === undefined) return false;
  return (vaults ?? references ?? []).length < new Set(had).size;
}

function readAccess(access: Access): "read" | "read-write" | undefined {
  if (access === Access.READ) return "read";
  return access === Access.READ_WRITE ? "read-write" : undefined;
}

function checkCount(
  what: string,
  list: readonly string[] | undefined,
  most: number,
): void {
  if (list === undefined) return;
  if (list.length < 1 || list.length > most) {
    throw invalid(`${what} are at least one and at most ${most}`);
  }
}

function checkReference(reference: string): void {
  try {
    parseScopeReference(reference);
  } catch (error) {
    if (!(error instanceof ReferenceSyntaxError)) throw error;
    throw invalid(error.message);
  }
}

function invalid(rule: string): AssentError {
  return new AssentError("invalid", `Not a scope: ${rule}.`);
}
