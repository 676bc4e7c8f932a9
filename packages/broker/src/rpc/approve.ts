// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  ApprovalMethod,
  type ApproveRequest,
  type ApproveResponse,
  ApproveResponseSchema,
  type BeginApprovalRequest,
  type BeginApprovalResponse,
  BeginApprovalResponseSchema,
  OwnerReason,
} from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import type { VerifiedCredential } from "../account/accounts.ts";
import type { Connection } from "../channel/connection.ts";
import { type Approval, sameDigest } from "../prompt/approvals.ts";
import type { PendingPrompt } from "../prompt/prompts.ts";
import { covers } from "../session/scope.ts";
import { grantMessage, newGrant } from "./authorize.ts";
import { readInactivity } from "./durations.ts";
import { endProcess } from "./endings.ts";
import { checkSecret } from "./field-limits.ts";
import type { BrokerParts, PromptTerms, Terms } from "./parts.ts";
import { ownerRefusal, Refusal } from "./refusal.ts";
import { type AskedScope, bindScope, readScope } from "./scope-terms.ts";

/** Wrong credentials on one prompt before it ends (decisions 9). */
export const triesPerPrompt = 5;

/**
 * Fix account, scope, duration and method of an approval, and give the
 * broker's challenge for it (decisions 4). Grants nothing.
 */
export function beginApproval(
  parts: BrokerParts,
  connection: Connection,
  request: BeginApprovalRequest,
): BeginApprovalResponse {
  const prompt = pendingPrompt(parts, request.promptId, request.digest);
  const asked = termsOf(parts, prompt);
  const accountId = prompt.frozen.accountId ?? request.accountId;
  const account = parts.accounts
    .list()
    .find((candidate) => candidate.id === accountId);
  if (account === undefined) throw ownerRefusal(OwnerReason.NOT_FOUND);
  if (request.accountId !== "" && request.accountId !== accountId) {
    throw ownerRefusal(OwnerReason.INVALID);
  }
  if (request.method !== ApprovalMethod.PASSWORD) {
    throw ownerRefusal(OwnerReason.INVALID);
  }
  // As asked, or narrower: the user may only narrow (SES-012).
  const { scope, inactivityMs } = narrowed(request, asked);
  const challenge = randomBytes(32);
  const approvalId = parts.approvals.begin({
    promptId: prompt.id,
    // A copy: the bytes of a call are zeroed when it ends.
    digest: prompt.frozen.digest.slice(),
    terms: { accountId, asked: scope, inactivityMs },
    challenge,
    generation: parts.accounts.generation(accountId),
    surface: connection,
  });
  return create(BeginApprovalResponseSchema, { approvalId, challenge });
}

/** Where an answer came from, for the log: what a surface calls itself, else its process. */
export type SurfaceFacts =
  | { readonly surface: string }
  | { readonly by: string };

/** Who approves. */
export interface Approver {
  /** Wrong credentials so far, by question. */
  readonly wrongTries: WeakMap<object, number>;
  readonly surface: SurfaceFacts;
}

/**
 * Check the credential, then commit in one synchronous step that checks again
 * everything that may have changed meanwhile (SES-005, SES-019). Nothing is
 * unlocked and nothing granted before.
 */
export async function approve(
  parts: BrokerParts,
  connection: Connection,
  request: ApproveRequest,
  { wrongTries, surface }: Approver,
  signal: AbortSignal,
): Promise<ApproveResponse> {
  const approval = parts.approvals.take(request.approvalId, connection);
  if (approval === undefined) throw ownerRefusal(OwnerReason.PROMPT_GONE);
  const prompt = pendingPrompt(parts, approval.promptId, approval.digest);
  if (request.credential.case !== "password") {
    throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
  }
  checkSecret(request.credential.value);
  using credential = await parts.accounts.verify(
    approval.terms.accountId,
    { kind: "password", secret: request.credential.value },
    signal,
  );
  if (credential === undefined) throw wrongTry(parts, prompt, wrongTries);
  if (connection.peer.identified && connection.peer.verify() !== undefined) {
    throw ownerRefusal(OwnerReason.NOT_APPROVED);
  }
  return commit(parts, approval, credential, surface);
}

function narrowed(
  request: BeginApprovalRequest,
  asked: PromptTerms,
): { readonly scope: AskedScope; readonly inactivityMs: number } {
  try {
    return {
      scope:
        request.scope === undefined ? asked.asked : readScope(request.scope),
      inactivityMs: readInactivity(
        request.inactivityTimeout,
        asked.inactivityMs,
      ),
    };
  } catch (error) {
    // What is wrong is the surface's, not the program's.
    throw error instanceof Refusal ? ownerRefusal(OwnerReason.INVALID) : error;
  }
}

function wrongTry(
  parts: BrokerParts,
  prompt: PendingPrompt,
  wrongTries: WeakMap<object, number>,
): Error {
  const tries = (wrongTries.get(prompt.question) ?? 0) + 1;
  wrongTries.set(prompt.question, tries);
  const triesLeft = Math.max(0, triesPerPrompt - tries);
  parts.recorder.note(prompt.frozen.accountId, {
    kind: "credential-refused",
    trusted: true,
  });
  if (triesLeft === 0) denyPrompt(parts, prompt.id, { by: "wrong passwords" });
  return ownerRefusal(OwnerReason.WRONG_CREDENTIAL, { triesLeft });
}

function commit(
  parts: BrokerParts,
  approval: Approval<Terms>,
  credential: VerifiedCredential,
  surface: SurfaceFacts,
): ApproveResponse {
  const { accounts, sessions, prompts, recorder, clock } = parts;
  const { accountId, asked, inactivityMs } = approval.terms;
  const prompt = pendingPrompt(parts, approval.promptId, approval.digest);
  const terms = termsOf(parts, prompt);
  const ended = terms.peer.verify();
  if (ended !== undefined) {
    endProcess(parts, terms.peer.number, ended);
    throw ownerRefusal(OwnerReason.PROMPT_GONE);
  }
  const unchanged =
    prompt.waiters > 0 &&
    parts.integration.isOn &&
    credential.accountId === accountId &&
    credential.generation === approval.generation &&
    accounts.generation(accountId) === approval.generation;
  if (!unchanged) throw ownerRefusal(OwnerReason.NOT_APPROVED);

  const wasLocked = accounts.store(accountId) === undefined;
  if (wasLocked) accounts.unlock(credential);
  try {
    const store = accounts.store(accountId);
    if (store === undefined) throw ownerRefusal(OwnerReason.INTERNAL);
    const { bound, notFound } = bindScope(asked, store);
    const widest = bindScope(terms.asked, store).bound;
    if (!covers(widest, bound) && !reachesNothing(bound)) {
      throw ownerRefusal(OwnerReason.INVALID);
    }
    const grant = newGrant(bound, inactivityMs, clock.bootMs());
    // The answer is built before anything takes effect: it cannot fail after.
    const response = create(ApproveResponseSchema, {
      grant: grantMessage(parts, accountId, grant),
      notFound: notFound.map((name) => makeSafe(name)),
    });
    recorder.require(accountId, {
      kind: "granted",
      ...recorder.process(terms.peer.number, terms.peer.pid),
      write: bound.write,
      extent: bound.extent.kind,
      inactivityMs,
      method: "password",
      ...surface,
    });
    const chosenFor =
      prompt.frozen.accountId === undefined
        ? prompt.question.account
        : undefined;
    const session = sessions.grant(
      terms.peer.number,
      accountId,
      grant,
      chosenFor,
    );
    if (wasLocked) parts.unlocks.byApproval(accountId);
    prompts.approve(prompt.id, { session, grant });
    parts.cards.last(terms.peer.number)?.markSeen();
    return response;
  } catch (error) {
    // Nothing was granted, so nothing stays open.
    if (wasLocked) accounts.lock(accountId);
    throw error;
  }
}

/** Deny a prompt: every waiting call of that process ends (PRM-013). False: there is none. */
export function denyPrompt(
  parts: BrokerParts,
  promptId: string,
  by: SurfaceFacts,
): boolean {
  const prompt = parts.prompts.get(promptId);
  if (prompt === undefined) return false;
  const { peer } = termsOf(parts, prompt);
  parts.prompts.deny(promptId);
  parts.cards.last(peer.number)?.markSeen();
  parts.recorder.note(prompt.frozen.accountId, {
    kind: "prompt-denied",
    ...parts.recorder.process(peer.number, peer.pid),
    ...by,
  });
  return true;
}

/** The prompt of this id, if what the surface shows is what is asked (PRM-010, T24). */
export function pendingPrompt(
  parts: BrokerParts,
  promptId: string,
  digest: Uint8Array,
): PendingPrompt {
  const prompt = parts.prompts.get(promptId);
  if (prompt === undefined) throw ownerRefusal(OwnerReason.PROMPT_GONE);
  if (!sameDigest(prompt.frozen.digest, digest)) {
    throw ownerRefusal(OwnerReason.DIGEST_MISMATCH);
  }
  return prompt;
}

function termsOf(parts: BrokerParts, prompt: PendingPrompt): PromptTerms {
  const terms = parts.terms.get(prompt.question);
  if (terms === undefined) throw ownerRefusal(OwnerReason.INTERNAL);
  return terms;
}

function reachesNothing(scope: {
  readonly extent: ReturnType<typeof bindScope>["bound"]["extent"];
}): boolean {
  const { extent } = scope;
  return (
    (extent.kind === "vaults" && extent.vaultIds.size === 0) ||
    (extent.kind === "references" && extent.references.length === 0)
  );
}
