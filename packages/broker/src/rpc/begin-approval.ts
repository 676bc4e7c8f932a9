// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  ApprovalMethod,
  type BeginApprovalRequest,
  type BeginApprovalResponse,
  BeginApprovalResponseSchema,
  OwnerReason,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import type { Connection } from "../channel/connection.ts";
import { readInactivity } from "./durations.ts";
import type { BrokerParts, PromptTerms } from "./parts.ts";
import { pendingPrompt, termsOf } from "./pending-prompt.ts";
import { ownerRefusal, Refusal } from "./refusal.ts";
import { type AskedScope, readScope } from "./scope-terms.ts";

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
