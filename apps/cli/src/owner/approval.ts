// SPDX-License-Identifier: Apache-2.0
import { ApprovalMethod, type ApproveResponse } from "@assent/protocol/owner";
import type { Terms } from "@assent/wording";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { OwnerClient } from "./owner-client.ts";
import type { WaitingPrompt } from "./waiting-prompt.ts";

/**
 * Approve a prompt with the account's password, on the terms that were shown:
 * the broker fixes them first and checks the password for them alone. The
 * password is zeroed. The answer tells what was granted, and what was not found.
 */
export async function approvePrompt(
  owner: OwnerClient,
  prompt: WaitingPrompt,
  accountId: string,
  terms: Terms,
  password: Uint8Array,
): Promise<ApproveResponse> {
  try {
    const { approvalId } = await owner.prompts.beginApproval({
      promptId: prompt.id,
      digest: prompt.digest,
      accountId,
      scope: terms.scope,
      inactivityTimeout: durationFromMs(terms.inactivityTimeoutMs),
      method: ApprovalMethod.PASSWORD,
    });
    return await owner.prompts.approve({
      approvalId,
      credential: { case: "password", value: password },
    });
  } finally {
    password.fill(0);
  }
}
