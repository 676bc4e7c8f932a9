// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { OwnerReason } from "@assent/protocol/owner";
import { type OwnerFailure, ownerReasonText } from "../failure/owner-reason.ts";
import { reasonText } from "../failure/reason.ts";

const locked =
  "The account is locked. Unlock it under Accounts, then try again.";

/** Why a call of the page failed, and what to do next there, where the command line would name a command. */
export function pageFailureText(failure: OwnerFailure): string {
  switch (failure.reason) {
    case OwnerReason.ACCOUNT_LOCKED:
      return locked;
    case OwnerReason.NOT_FOUND:
      return "It is not there any more: it ended, or it was removed.";
    default:
      return ownerReasonText(failure);
  }
}

/** The same for an operation on items, which fails with the reasons of a program. */
export function pageOperationText(reason: Reason): string {
  return reason === Reason.ACCOUNT_LOCKED ? locked : reasonText(reason);
}
