// SPDX-License-Identifier: Apache-2.0
import {
  ApprovalMethod,
  OwnerReason,
  PromptService,
} from "@assent/protocol/owner";
import { approvedText, muteText, stateText } from "@assent/wording";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { ownerClient } from "../client.ts";
import { readOwnerFailure } from "../owner-failure.ts";
import type { Outcome } from "./card.ts";
import type { RequestsEffect, RequestsEvent } from "./requests-state.ts";
import type { WaitingPrompt } from "./waiting-prompt.ts";

/** Do what a step asks for; the event that comes of it, if any. Never throws. */
export async function perform(
  effect: RequestsEffect,
): Promise<RequestsEvent | undefined> {
  switch (effect.do) {
    case "shown":
      // If the prompt is gone the stream tells so.
      await prompts()
        .shown({ promptId: effect.prompt.id, digest: effect.prompt.digest })
        .catch(() => {});
      return undefined;
    case "approve":
      return approve(effect);
    case "deny":
      return deny(effect);
  }
}

const prompts = () => ownerClient(PromptService);

// The broker fixes the terms first, and checks the password for them alone.
async function approve({
  prompt,
  accountId,
  terms,
  password,
}: Extract<RequestsEffect, { do: "approve" }>): Promise<RequestsEvent> {
  try {
    const { approvalId } = await prompts().beginApproval({
      promptId: prompt.id,
      digest: prompt.digest,
      accountId,
      scope: terms.scope,
      inactivityTimeout: durationFromMs(terms.inactivityTimeoutMs),
      method: ApprovalMethod.PASSWORD,
    });
    const { grant, notFound } = await prompts().approve({
      approvalId,
      credential: { case: "password", value: password },
    });
    const text = approvedText(
      prompt.body.process?.name ?? "",
      grant?.accountName ?? "",
      notFound,
    );
    return answered("approve", prompt, { kind: "approved", text });
  } catch (error) {
    return failed("approve", prompt, error);
  } finally {
    password.fill(0);
  }
}

async function deny({
  prompt,
  muteMs,
}: Extract<RequestsEffect, { do: "deny" }>): Promise<RequestsEvent> {
  try {
    const { mute } = await prompts().deny({
      promptId: prompt.id,
      ...(muteMs === undefined ? {} : { mute: durationFromMs(muteMs) }),
    });
    return answered("deny", prompt, {
      kind: "denied",
      text:
        mute === undefined
          ? stateText.denied
          : `${stateText.denied} ${muteText(mute)}`,
      mute,
    });
  } catch (error) {
    return failed("deny", prompt, error);
  }
}

function answered(
  answer: "approve" | "deny",
  { id }: WaitingPrompt,
  outcome: Outcome,
): RequestsEvent {
  return { kind: "answered", answer, promptId: id, outcome };
}

// Some failures end a prompt; after any other it can be tried again.
function failed(
  answer: "approve" | "deny",
  prompt: WaitingPrompt,
  error: unknown,
): RequestsEvent {
  const { reason, triesLeft, text } = readOwnerFailure(error, true);
  if (reason === OwnerReason.PROMPT_GONE) {
    return answered(answer, prompt, { kind: "gone", text });
  }
  if (
    reason === OwnerReason.DIGEST_MISMATCH ||
    reason === OwnerReason.NOT_APPROVED ||
    triesLeft === 0
  ) {
    return answered(answer, prompt, { kind: "refused", text });
  }
  return { kind: "failed", answer, promptId: prompt.id, text };
}
