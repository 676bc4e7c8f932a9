// SPDX-License-Identifier: Apache-2.0
import { promptDigest, ScopeSchema } from "@assent/protocol";
import {
  type Decision,
  DecisionKind,
  type Prompt,
  UnlockMethod,
} from "@assent/protocol/conformance";
import { toJson } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import type { Subject } from "./subject.ts";

/** Do with a prompt what the user does, over the owner channel as a surface would. Whether it took effect. */
export async function decide(
  subject: Subject,
  prompt: Prompt,
  decision: Decision,
): Promise<boolean> {
  switch (decision.kind) {
    case DecisionKind.APPROVE:
      return await approve(subject, prompt, decision);
    case DecisionKind.DENY:
    // Whoever closes the card says no: Esc of `assent watch`.
    case DecisionKind.DISMISS: {
      const { promptId } = prompt;
      const denied = await subject.owner("PromptService/Deny", { promptId });
      return denied.status === 200;
    }
    default:
      return false;
  }
}

async function approve(
  subject: Subject,
  prompt: Prompt,
  decision: Decision,
): Promise<boolean> {
  const { promptId } = prompt;
  const pending = subject.broker.parts.prompts
    .pending()
    .find(({ id }) => id === promptId);
  const { accountId, scope, inactivityTimeout } = decision;
  const digest = await promptDigest(pending?.frozen.body ?? new Uint8Array());
  const begun = await subject.owner("PromptService/BeginApproval", {
    promptId,
    digest: Buffer.from(digest).toString("base64"),
    method: "APPROVAL_METHOD_PASSWORD",
    ...(accountId ? { accountId } : {}),
    ...(scope ? { scope: toJson(ScopeSchema, scope) } : {}),
    ...(inactivityTimeout
      ? { inactivityTimeout: toJson(DurationSchema, inactivityTimeout) }
      : {}),
  });
  if (begun.status !== 200) return false;
  const right = subject.passwords.get(accountId || prompt.accountId) ?? "";
  const { approvalId } = begun.body;
  const approved = await subject.owner("PromptService/Approve", {
    approvalId,
    ...proofOf(decision.unlockMethod, right),
  });
  return approved.status === 200;
}

function proofOf(method: UnlockMethod, right: string): object {
  if (method === UnlockMethod.NONE) return {};
  const password = method === UnlockMethod.FAIL ? `not ${right}` : right;
  return { password: Buffer.from(password).toString("base64") };
}
