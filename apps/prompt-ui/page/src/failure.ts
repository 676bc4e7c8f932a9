// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason } from "@assent/protocol";
import { OwnerReason } from "@assent/protocol/owner";
import { pageFailureText, pageOperationText } from "@assent/wording";
import { ConnectError } from "@connectrpc/connect";
import {
  type Failure,
  readOwnerFailure,
  unexplained,
} from "./owner-failure.ts";
import { SaidFailure } from "./said-failure.ts";

export type { Failure } from "./owner-failure.ts";

/** Read what a call of a screen threw. Pass `isPrompt` for calls that answer a prompt. */
export function readFailure(error: unknown, isPrompt = false): Failure {
  if (error instanceof SaidFailure) return unexplained(error.message);
  const [operation] = ConnectError.from(error).findDetails(ErrorDetailSchema);
  if (operation === undefined) {
    return readOwnerFailure(error, isPrompt, pageFailureText);
  }
  const text = pageOperationText(operation.reason);
  return operation.reason === Reason.ACCOUNT_LOCKED
    ? { ...unexplained(text), reason: OwnerReason.ACCOUNT_LOCKED }
    : unexplained(text);
}

/** What to tell of a failed call. */
export function failureText(error: unknown): string {
  return readFailure(error).text;
}
