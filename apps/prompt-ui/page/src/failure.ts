// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason } from "@assent/protocol";
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import {
  makeSafe,
  ownerReasonText,
  pageFailureText,
  pageOperationText,
  stateText,
} from "@assent/wording";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { SaidFailure } from "./said-failure.ts";

/** Why an owner call failed, as far as the broker told. */
export interface Failure {
  /** Undefined: the broker gave no reason; it may not be there. */
  readonly reason: OwnerReason | undefined;
  /** Tries left with a wrong credential; undefined outside a prompt. */
  readonly triesLeft: number | undefined;
  /** One sentence for people. */
  readonly text: string;
}

/** Read what an owner call threw. Pass `isPrompt` for calls that answer a prompt. */
export function readFailure(error: unknown, isPrompt = false): Failure {
  if (error instanceof SaidFailure) return unexplained(error.message);
  const failed = ConnectError.from(error);
  const [operation] = failed.findDetails(ErrorDetailSchema);
  if (operation !== undefined) {
    const text = pageOperationText(operation.reason);
    return operation.reason === Reason.ACCOUNT_LOCKED
      ? { ...unexplained(text), reason: OwnerReason.ACCOUNT_LOCKED }
      : unexplained(text);
  }
  const [detail] = failed.findDetails(OwnerErrorDetailSchema);
  if (detail === undefined) return unexplained(bare(failed));
  const { reason } = detail;
  const triesLeft =
    isPrompt && reason === OwnerReason.WRONG_CREDENTIAL
      ? detail.triesLeft
      : undefined;
  const retryAfterMs = detail.retryAfter && durationMs(detail.retryAfter);
  const told = { reason, triesLeft, retryAfterMs };
  const own = makeSafe(failed.rawMessage, { maxLength: 500 });
  // Its sentence for the reason alone names commands: the page has its own.
  const isOwn =
    explains.has(reason) && own !== "" && own !== ownerReasonText(told);
  return { reason, triesLeft, text: isOwn ? own : pageFailureText(told) };
}

function unexplained(text: string): Failure {
  return { reason: undefined, triesLeft: undefined, text };
}

/** What to tell of a failed owner call. */
export function failureText(error: unknown): string {
  return readFailure(error).text;
}

/** Whether a call failed since this tab is not signed in at the host. */
export function isSignedOut(error: unknown): boolean {
  const failed = ConnectError.from(error);
  return (
    failed.code === Code.Unauthenticated &&
    failed.findDetails(OwnerErrorDetailSchema).length === 0 &&
    failed.findDetails(ErrorDetailSchema).length === 0
  );
}

// Reasons for which the broker's own sentence may say more than the catalogue.
const explains: ReadonlySet<OwnerReason> = new Set([
  OwnerReason.INVALID,
  OwnerReason.NOT_FOUND,
  OwnerReason.NAME_TAKEN,
  OwnerReason.ACCOUNT_LOCKED,
  OwnerReason.STORAGE_FAILED,
  OwnerReason.NOT_APPROVED,
]);

function bare(failed: ConnectError): string {
  if (isSignedOut(failed)) return stateText.signedOut;
  switch (failed.code) {
    case Code.Internal:
    case Code.Unimplemented:
    case Code.InvalidArgument:
      return ownerReasonText({ reason: OwnerReason.INTERNAL });
    default:
      return stateText.offline;
  }
}
