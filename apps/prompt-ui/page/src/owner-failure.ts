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

/** What a failure is told with. */
export type Told = Omit<Failure, "text" | "reason"> & {
  readonly reason: OwnerReason;
  readonly retryAfterMs: number | undefined;
};

/**
 * Read what an owner call threw. Pass `isPrompt` for calls that answer a
 * prompt, and `tell` where other words than those of the catalogue are better.
 */
export function readOwnerFailure(
  error: unknown,
  isPrompt: boolean,
  tell: (told: Told) => string = ownerReasonText,
): Failure {
  const failed = ConnectError.from(error);
  const [detail] = failed.findDetails(OwnerErrorDetailSchema);
  if (detail === undefined) return unexplained(withoutReason(failed));
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
  return { reason, triesLeft, text: isOwn ? own : tell(told) };
}

/** A failure without a reason of the broker. */
export function unexplained(text: string): Failure {
  return { reason: undefined, triesLeft: undefined, text };
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

function withoutReason({ code }: ConnectError): string {
  switch (code) {
    case Code.Unauthenticated:
      return stateText.signedOut;
    case Code.Internal:
    case Code.Unimplemented:
    case Code.InvalidArgument:
      return ownerReasonText({ reason: OwnerReason.INTERNAL });
    default:
      return stateText.offline;
  }
}
