// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  limits,
  parseScopeReference,
  Reason,
  type Scope,
  ScopeSchema,
  type SecretReference,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { BoundReference, BoundScope } from "../session/scope.ts";
import { indexedStore } from "../vault/indexed-store.ts";
import {
  findVaults,
  isContent,
  matchReference,
  type ReferenceMatch,
  type ReferenceView,
} from "../vault/reference.ts";
import type { AccountStore } from "../vault/store.ts";
import { refusal } from "./refusal.ts";

/** A scope as asked for: well-formed, its names not yet bound. */
export interface AskedScope {
  /** As it is shown. */
  readonly scope: Scope;
  /** One text for equal scopes: calls coalesce on it (PRM-007). */
  readonly key: string;
  readonly references: readonly SecretReference[];
}

/**
 * Judge a scope. Extent unset, an empty list, an unknown field or value:
 * refused (SES-016, WIR-002). No scope at all means every vault, reading only.
 *
 * @throws ConnectError with REASON_INVALID
 */
export function readScope(scope: Scope | undefined): AskedScope {
  const asked = scope ?? everyVault(Access.READ);
  const { access, extent } = asked;
  if (hasUnknown(asked)) throw refusal(Reason.INVALID);
  if (access !== Access.READ && access !== Access.READ_WRITE) {
    throw refusal(Reason.INVALID);
  }
  let references: SecretReference[] = [];
  let names: readonly string[] = [];
  switch (extent.case) {
    case "everyVault":
      if (hasUnknown(extent.value)) throw refusal(Reason.INVALID);
      break;
    case "vaults":
      names = extent.value.vaults;
      if (hasUnknown(extent.value) || !isList(names, limits.scopeVaults)) {
        throw refusal(Reason.INVALID);
      }
      if (!names.every(isName)) throw refusal(Reason.INVALID);
      break;
    case "references":
      names = extent.value.references;
      // These items or fields only, and reading only (decisions 5).
      if (access !== Access.READ) throw refusal(Reason.INVALID);
      if (hasUnknown(extent.value) || !isList(names, limits.references)) {
        throw refusal(Reason.INVALID);
      }
      references = names.map(readReference);
      break;
    default:
      throw refusal(Reason.INVALID);
  }
  const length = names.reduce((sum, name) => sum + name.length, 0);
  if (length > limits.scopeLength) throw refusal(Reason.INVALID);
  const key = JSON.stringify([access, extent.case, [...new Set(names)].sort()]);
  return { scope: asked, key, references };
}

/** A scope over the whole account. */
function everyVault(access: Access): Scope {
  return create(ScopeSchema, {
    access,
    extent: { case: "everyVault", value: {} },
  });
}

/** Ids for names, and the names that mean nothing. */
export interface Binding {
  readonly bound: BoundScope;
  /** As asked for; they grant nothing. */
  readonly notFound: readonly string[];
}

/** Bind names to ids, once (SES-018). A name that several vaults bear is not guessed at. */
export function bindScope(asked: AskedScope, store: AccountStore): Binding {
  const write = asked.scope.access === Access.READ_WRITE;
  const { extent } = asked.scope;
  const notFound: string[] = [];
  const indexed = indexedStore(store);
  if (extent.case === "vaults") {
    const vaultIds = new Set<string>();
    for (const name of extent.value.vaults) {
      const id = findVault(indexed, name);
      if (id === undefined) notFound.push(name);
      else vaultIds.add(id);
    }
    return { bound: { write, extent: { kind: "vaults", vaultIds } }, notFound };
  }
  if (extent.case === "references") {
    const references: BoundReference[] = [];
    asked.references.forEach((reference, at) => {
      const found = matchReference(indexed, reference);
      if ("match" in found) references.push(boundReference(found.match));
      else notFound.push(extent.value.references[at] ?? "");
    });
    const bound: BoundScope = {
      write: false,
      extent: { kind: "references", references },
    };
    return { bound, notFound };
  }
  return { bound: { write, extent: { kind: "every-vault" } }, notFound };
}

/** A bound scope in the words of the schema, exactly as it is enforced (SES-012). */
export function boundToSchema(bound: BoundScope): Scope {
  const access = bound.write ? Access.READ_WRITE : Access.READ;
  const { extent } = bound;
  switch (extent.kind) {
    case "every-vault":
      return everyVault(access);
    case "vaults":
      return create(ScopeSchema, {
        access,
        extent: { case: "vaults", value: { vaults: [...extent.vaultIds] } },
      });
    case "references":
      return create(ScopeSchema, {
        access,
        extent: {
          case: "references",
          value: { references: extent.references.map(referenceText) },
        },
      });
  }
}

/** What a matched reference reaches, and nothing beside it. */
export function boundReference(match: ReferenceMatch): BoundReference {
  return {
    vaultId: match.vaultId,
    itemId: match.itemId,
    fieldId: match.fieldId ?? match.fileId,
    attribute:
      match.sshFormat === undefined
        ? readingOf(match)
        : `ssh-format=${match.sshFormat}`,
  };
}

// The value of a file is its content.
function readingOf(match: ReferenceMatch): string {
  return isContent(match) ? "value" : match.attribute;
}

function referenceText(reference: BoundReference): string {
  const { vaultId, itemId, fieldId, attribute } = reference;
  const item = `assent://${vaultId}/${itemId}`;
  if (fieldId === undefined) return item;
  if (attribute === "value") return `${item}/${fieldId}`;
  return attribute.startsWith("ssh-format=")
    ? `${item}/${fieldId}?${attribute}`
    : `${item}/${fieldId}?attribute=${attribute}`;
}

/** One vault by id, else by name when only one bears it. */
export function findVault(
  view: Pick<ReferenceView, "vault" | "vaults" | "vaultsNamed">,
  nameOrId: string,
): string | undefined {
  const [only, ...more] = findVaults(view, nameOrId);
  return more.length === 0 ? only?.id : undefined;
}

function readReference(text: string): SecretReference {
  try {
    return parseScopeReference(text);
  } catch {
    throw refusal(Reason.INVALID);
  }
}

function hasUnknown(message: {
  $unknown?: readonly unknown[] | undefined;
}): boolean {
  return (message.$unknown?.length ?? 0) > 0;
}

function isList(names: readonly string[], most: number): boolean {
  return names.length > 0 && names.length <= most;
}

function isName(name: string): boolean {
  return name.trim() !== "" && name.length <= limits.nameLength;
}
