// SPDX-License-Identifier: Apache-2.0
import {
  parseSecretReference,
  Reason,
  ReferenceFailure,
  type ResolvedSecret,
  ResolvedSecretSchema,
  type ResolveSecrets,
  type SecretReference,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { reachesReference } from "../session/scope.ts";
import type { Grant } from "../session/sessions.ts";
import type { IndexedAccountStore } from "../vault/indexed-store.ts";
import {
  isContent,
  matchReference,
  type ReferenceMatch,
  type ReferenceView,
  readMatch,
  type ValueOutcome,
} from "../vault/reference.ts";
import type { ItemEntry } from "../vault/store.ts";
import { answerBytes } from "./item-reader.ts";
import type { OperationContext, Ruling } from "./operation.ts";
import { refusal } from "./refusal.ts";
import { boundReference } from "./scope-terms.ts";

/** Read secret references, each with an outcome of its own, in order. */
export function resolveSecrets(
  request: ResolveSecrets,
  context: OperationContext,
): Ruling {
  const touched: string[] = [];
  let outside = 0;
  let covered = 0;
  const secrets = request.references.map((text) => {
    const reference = parse(text);
    if (reference === undefined) return failed(ReferenceFailure.PARSING);
    const found = find(reference, context);
    if (found === undefined) {
      outside += 1;
      return failed(ReferenceFailure.OUT_OF_SCOPE);
    }
    covered += 1;
    context.cover(found.grant);
    if ("failure" in found) return failed(found.failure);
    return read(found.match, context, touched);
  });
  if (covered === 0) {
    // Nothing of it inside: refused as a whole, and no activity (SES-010, EXP-003).
    if (outside > 0) throw refusal(Reason.OUT_OF_SCOPE);
    // Nothing but malformed references: they passed the check all the same (EXP-004).
    for (const grant of context.grants) context.cover(grant);
  }
  return { result: { case: "resolvedSecrets", value: { secrets } }, touched };
}

type Found =
  | { readonly grant: Grant; readonly match: ReferenceMatch }
  | { readonly grant: Grant; readonly failure: ReferenceFailure };

/**
 * Look the reference up as each grant sees the account, and in nothing else:
 * what lies outside cannot be told from what does not exist. Undefined: no
 * grant reaches it.
 */
function find(
  reference: SecretReference,
  { store, grants }: OperationContext,
): Found | undefined {
  let failed: Found | undefined;
  for (const grant of grants) {
    const found = matchReference(viewOf(grant, store), reference);
    if ("match" in found) {
      if (reachesReference(grant.scope, boundReference(found.match))) {
        return { grant, match: found.match };
      }
    } else if (isInside(grant, store, reference, found.failure)) {
      failed ??= { grant, failure: found.failure };
    }
  }
  return failed;
}

/** Whether the grant lets its holder know that a reference means nothing. */
function isInside(
  grant: Grant,
  store: IndexedAccountStore,
  reference: SecretReference,
  failure: ReferenceFailure,
): boolean {
  switch (grant.scope.extent.kind) {
    case "every-vault":
      return true;
    case "vaults":
      return failure !== ReferenceFailure.VAULT_NOT_FOUND;
    case "references": {
      // Of an item that is granted whole, its fields are no secret.
      const item = matchReference(viewOf(grant, store), {
        ...reference,
        section: undefined,
        field: undefined,
        attribute: "value",
        sshFormat: undefined,
      });
      return (
        "match" in item &&
        reachesReference(grant.scope, boundReference(item.match))
      );
    }
  }
}

/** The account as one grant sees it: nothing outside is there at all. */
function viewOf({ scope }: Grant, store: IndexedAccountStore): ReferenceView {
  const { extent } = scope;
  if (extent.kind === "every-vault") return store;
  const references = extent.kind === "references" ? extent.references : [];
  const vaultIds =
    extent.kind === "vaults"
      ? extent.vaultIds
      : new Set(references.map((one) => one.vaultId));
  const itemIds = new Set(references.map((one) => one.itemId));
  const isReached = (entry: ItemEntry | undefined) =>
    entry !== undefined &&
    vaultIds.has(entry.overview.vaultId) &&
    (extent.kind === "vaults" || itemIds.has(entry.overview.id));
  const entry = (itemId: string) => {
    const found = store.entry(itemId);
    return isReached(found) ? found : undefined;
  };
  return {
    vaults: () => store.vaults().filter((vault) => vaultIds.has(vault.id)),
    vaultsNamed: (folded) =>
      store.vaultsNamed(folded).filter((vault) => vaultIds.has(vault.id)),
    vault: (id) => (vaultIds.has(id) ? store.vault(id) : undefined),
    entry,
    itemsNamed: (vaultId, folded) =>
      store.itemsNamed(vaultId, folded).filter(isReached),
    items: (vaultId) =>
      extent.kind === "vaults"
        ? store.items(vaultId)
        : [...itemIds].flatMap((id) => {
            const found = entry(id);
            return found?.overview.vaultId === vaultId ? [found] : [];
          }),
  };
}

function read(
  match: ReferenceMatch,
  context: OperationContext,
  touched: string[],
): ResolvedSecret {
  const { store, wallMs, defer, reader } = context;
  const outcome = isContent(match)
    ? readContent(match, context)
    : readMatch(reader.open(match.itemId).values, match, wallMs);
  if ("failure" in outcome) return failed(outcome.failure);
  const { value } = outcome;
  defer(() => value.fill(0));
  reader.answer(value.length);
  const vault = store.vault(match.vaultId)?.name ?? "";
  const title = store.entry(match.itemId)?.overview.title ?? "";
  touched.push(makeSafe(`${vault}/${title}`));
  return create(ResolvedSecretSchema, {
    outcome: { case: "value", value },
    vaultId: match.vaultId,
    itemId: match.itemId,
  });
}

/** A file as a secret: all of it, if one answer holds that. Larger ones are read in parts. */
function readContent(
  { itemId, fileId = "" }: ReferenceMatch,
  { store, defer }: OperationContext,
): ValueOutcome {
  const files = store.entry(itemId)?.files ?? [];
  const size = files.find(({ id }) => id === fileId)?.size ?? 0n;
  if (size > answerBytes) {
    return { failure: ReferenceFailure.UNSUPPORTED_FILE_FORMAT };
  }
  const range = { offset: 0, length: answerBytes };
  const content = store.readFile(itemId, fileId, range);
  defer(() => content[Symbol.dispose]());
  return { value: content.bytes };
}

function parse(text: string): SecretReference | undefined {
  try {
    return parseSecretReference(text);
  } catch {
    return undefined;
  }
}

function failed(failure: ReferenceFailure): ResolvedSecret {
  return create(ResolvedSecretSchema, {
    outcome: { case: "failure", value: failure },
  });
}
