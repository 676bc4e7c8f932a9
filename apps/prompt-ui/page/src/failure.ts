// SPDX-License-Identifier: Apache-2.0
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { makeSafe, ownerReasonText, stateText } from "@assent/wording";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

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
  const failed = ConnectError.from(error);
  const [detail] = failed.findDetails(OwnerErrorDetailSchema);
  if (detail === undefined) {
    return { reason: undefined, triesLeft: undefined, text: bare(failed) };
  }
  const { reason } = detail;
  const triesLeft =
    isPrompt && reason === OwnerReason.WRONG_CREDENTIAL
      ? detail.triesLeft
      : undefined;
  const retryAfterMs = detail.retryAfter && durationMs(detail.retryAfter);
  const own = makeSafe(failed.rawMessage, { maxLength: 500 });
  return {
    reason,
    triesLeft,
    text:
      explains.has(reason) && own !== ""
        ? own
        : ownerReasonText({ reason, triesLeft, retryAfterMs }),
  };
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
    failed.findDetails(OwnerErrorDetailSchema).length === 0
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
