// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason, supportedVersions } from "@assent/protocol";
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { ownerReasonText, reasonText } from "@assent/wording";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

const codes: Readonly<Record<Reason, Code>> = {
  [Reason.UNSPECIFIED]: Code.Internal,
  [Reason.AUTHORIZATION_REQUIRED]: Code.Unauthenticated,
  [Reason.SESSION_EXPIRED]: Code.Unauthenticated,
  [Reason.ACCOUNT_LOCKED]: Code.Unauthenticated,
  [Reason.SESSION_REVOKED]: Code.Unauthenticated,
  [Reason.PROCESS_CHANGED]: Code.Unauthenticated,
  [Reason.PROMPT_DENIED]: Code.PermissionDenied,
  [Reason.PROMPT_TIMED_OUT]: Code.PermissionDenied,
  [Reason.OUT_OF_SCOPE]: Code.PermissionDenied,
  [Reason.TOO_MANY_PROMPTS]: Code.ResourceExhausted,
  [Reason.PEER_UNIDENTIFIED]: Code.PermissionDenied,
  [Reason.VERSION_UNSUPPORTED]: Code.FailedPrecondition,
  [Reason.INTEGRATION_DISABLED]: Code.Unavailable,
  [Reason.CONFLICT]: Code.Aborted,
  [Reason.NOT_FOUND]: Code.NotFound,
  [Reason.INVALID]: Code.InvalidArgument,
  [Reason.LIMIT_EXCEEDED]: Code.ResourceExhausted,
  [Reason.STORAGE_FAILED]: Code.Unavailable,
  [Reason.INTERNAL]: Code.Internal,
};

/** A refusal with its reason at hand. */
export class Refusal extends ConnectError {
  readonly reason: Reason;
  constructor(reason: Reason) {
    const value = {
      reason,
      supportedVersions:
        reason === Reason.VERSION_UNSUPPORTED ? [...supportedVersions] : [],
    };
    super(reasonText(reason), codes[reason], undefined, [
      { desc: ErrorDetailSchema, value },
    ]);
    this.reason = reason;
  }
}

/**
 * The error a program gets: a code, a Reason, and a fixed text. It depends on
 * the reason alone, so it can disclose nothing (LEAK-001, LEAK-003, LEAK-005).
 */
export function refusal(reason: Reason): Refusal {
  return new Refusal(reason);
}

const ownerCodes: Readonly<Record<OwnerReason, Code>> = {
  [OwnerReason.UNSPECIFIED]: Code.Internal,
  [OwnerReason.WRONG_CREDENTIAL]: Code.Unauthenticated,
  [OwnerReason.CREDENTIAL_REQUIRED]: Code.Unauthenticated,
  [OwnerReason.DIGEST_MISMATCH]: Code.Aborted,
  [OwnerReason.PROMPT_GONE]: Code.NotFound,
  [OwnerReason.RETRY_LATER]: Code.ResourceExhausted,
  [OwnerReason.INVALID]: Code.InvalidArgument,
  [OwnerReason.NOT_FOUND]: Code.NotFound,
  [OwnerReason.ACCOUNT_LOCKED]: Code.FailedPrecondition,
  [OwnerReason.NAME_TAKEN]: Code.AlreadyExists,
  [OwnerReason.STORAGE_FAILED]: Code.Unavailable,
  [OwnerReason.NOT_APPROVED]: Code.Aborted,
  [OwnerReason.INTERNAL]: Code.Internal,
};

/** What an owner refusal may tell beside its reason. */
export interface OwnerRefusalFacts {
  readonly triesLeft?: number;
  readonly retryAfterMs?: number;
  /** A sentence of ours that says what to do; never holds a secret. */
  readonly message?: string;
}

/** The error a surface or the command line gets. */
export function ownerRefusal(
  reason: OwnerReason,
  facts: OwnerRefusalFacts = {},
): ConnectError {
  const detail = {
    reason,
    triesLeft: facts.triesLeft ?? 0,
    ...(facts.retryAfterMs === undefined
      ? {}
      : { retryAfter: durationFromMs(Math.ceil(facts.retryAfterMs)) }),
  };
  return new ConnectError(
    facts.message ??
      ownerReasonText({
        reason,
        triesLeft: facts.triesLeft,
        retryAfterMs: facts.retryAfterMs,
      }),
    ownerCodes[reason],
    undefined,
    [{ desc: OwnerErrorDetailSchema, value: detail }],
  );
}
