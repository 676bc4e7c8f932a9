import {
  type ApproveRequest,
  type ApproveResponse,
  ApproveResponseSchema,
  OwnerReason,
} from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import type { VerifiedCredential } from "../account/accounts.ts";
import type { Connection } from "../channel/connection.ts";
import type { Approval } from "../prompt/approvals.ts";
import type { PendingPrompt } from "../prompt/prompts.ts";
import { covers } from "../session/scope.ts";
import { grantMessage, newGrant } from "./authorize.ts";
import { endProcess } from "./endings.ts";
import { checkSecret } from "./field-limits.ts";
import type { BrokerParts, Terms } from "./parts.ts";
import {
  denyPrompt,
  pendingPrompt,
  type SurfaceFacts,
  termsOf,
} from "./pending-prompt.ts";
import { ownerRefusal } from "./refusal.ts";
import { bindScope } from "./scope-terms.ts";

/** Wrong credentials on one prompt before it ends (decisions 9). */
const triesPerPrompt = 5;

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
  const secret = request.credential.value.slice();
  const { pid } = connection.peer;
  if (parts.at !== undefined) await parts.at("checking", pid);
  using credential = await parts.accounts.verify(
    approval.terms.accountId,
    { kind: "password", secret },
    signal,
  );
  if (parts.at !== undefined) await parts.at("checked", pid);
  if (credential === undefined) throw wrongTry(parts, prompt, wrongTries);
  // A yes that was taken back, or came too late for its own caller (WIR-009).
  signal.throwIfAborted();
  if (connection.peer.identified && connection.peer.verify() !== undefined) {
    throw ownerRefusal(OwnerReason.NOT_APPROVED);
  }
  return commit(parts, approval, credential, surface);
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
    const event = {
      kind: "granted",
      ...recorder.process(terms.peer.number, terms.peer.pid),
      write: bound.write,
      extent: bound.extent.kind,
      inactivityMs,
      method: "password",
      ...surface,
    };
    recorder.require(accountId, event, { prompt: prompt.id });
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
    else parts.unlocks.used(accountId);
    prompts.approve(prompt.id, { session, grant });
    parts.cards.last(terms.peer.number)?.markSeen();
    return response;
  } catch (error) {
    // Nothing was granted, so nothing stays open.
    if (wasLocked) accounts.lock(accountId);
    throw error;
  }
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
