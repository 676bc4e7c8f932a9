// SPDX-License-Identifier: Apache-2.0
import { OwnerReason } from "@assent/protocol/owner";
import { durationText } from "../duration.ts";
import { wrongPasswordText } from "../prompt/surface.ts";

/** What goes with the reason, as far as known. */
export interface OwnerFailure {
  readonly reason: OwnerReason;
  /** Tries left before the prompt ends; undefined outside a prompt. */
  readonly triesLeft?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Why a call of the owner failed, and what to do next. */
export function ownerReasonText(failure: OwnerFailure): string {
  switch (failure.reason) {
    case OwnerReason.WRONG_CREDENTIAL:
      return failure.triesLeft === undefined
        ? "That password is not right. Nothing was changed; try again."
        : wrongPasswordText(failure.triesLeft);
    case OwnerReason.CREDENTIAL_REQUIRED:
      return "This needs the account's password.";
    case OwnerReason.DIGEST_MISMATCH:
      return "What you saw is not what is asked now, so nothing was approved. List the prompts again.";
    case OwnerReason.PROMPT_GONE:
      return "There is no such prompt any more: it was answered, or it ended. List the prompts again.";
    case OwnerReason.RETRY_LATER:
      return `Too many wrong passwords. Wait ${
        failure.retryAfterMs === undefined
          ? "a little"
          : durationText(Math.max(failure.retryAfterMs, 1_000))
      }, then try again.`;
    case OwnerReason.INVALID:
      return "The broker did not accept that. Check names, references and numbers.";
    case OwnerReason.NOT_FOUND:
      return "There is no such account, session or slot. See: assent status";
    case OwnerReason.ACCOUNT_LOCKED:
      return "The account is locked. Unlock it with: assent account unlock";
    case OwnerReason.NAME_TAKEN:
      return "Another account has this name, or one that looks like it. Choose another name.";
    case OwnerReason.STORAGE_FAILED:
      return "It could not be written; nothing was changed. Check free space and permissions.";
    case OwnerReason.NOT_APPROVED:
      return "Something changed at the last moment (the program, the account or the request), so nothing was approved. List the prompts again.";
    case OwnerReason.INTERNAL:
      return "The broker has a fault. Its log (assent broker run) tells more.";
    default:
      return "The broker refused for a reason that this version does not know. Update Assent.";
  }
}
