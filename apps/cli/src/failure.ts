// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason } from "@assent/protocol";
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { AssentError } from "@assent/sdk-node";
import { makeSafe, ownerReasonText, reasonText } from "@assent/wording";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { CommandError, exitCodes } from "./exit.ts";
import { fromSdk } from "./program-failure.ts";

const ownerCodes: Readonly<Partial<Record<OwnerReason, number>>> = {
  [OwnerReason.WRONG_CREDENTIAL]: exitCodes.credential,
  [OwnerReason.CREDENTIAL_REQUIRED]: exitCodes.credential,
  [OwnerReason.RETRY_LATER]: exitCodes.credential,
  [OwnerReason.DIGEST_MISMATCH]: exitCodes.notApproved,
  [OwnerReason.PROMPT_GONE]: exitCodes.notApproved,
  [OwnerReason.NOT_APPROVED]: exitCodes.notApproved,
  [OwnerReason.NOT_FOUND]: exitCodes.notFound,
};

const programCodes: Readonly<Partial<Record<Reason, number>>> = {
  [Reason.PROMPT_DENIED]: exitCodes.notApproved,
  [Reason.PROMPT_TIMED_OUT]: exitCodes.notApproved,
  [Reason.TOO_MANY_PROMPTS]: exitCodes.notApproved,
  [Reason.ACCOUNT_LOCKED]: exitCodes.notApproved,
  [Reason.SESSION_REVOKED]: exitCodes.notApproved,
  [Reason.SESSION_EXPIRED]: exitCodes.notApproved,
  [Reason.PROCESS_CHANGED]: exitCodes.notApproved,
  [Reason.AUTHORIZATION_REQUIRED]: exitCodes.notApproved,
  [Reason.NOT_FOUND]: exitCodes.notFound,
  [Reason.INTEGRATION_DISABLED]: exitCodes.unreachable,
};

/**
 * Any failure as one that can be told: the only place where errors of the
 * connection, the broker and this program become exit codes and sentences.
 */
export function toCommandError(error: unknown): CommandError {
  const own = findOwn(error);
  if (own !== undefined) return own;
  if (error instanceof AssentError) return fromSdk(error);
  if (!(error instanceof ConnectError)) {
    const text = error instanceof Error ? error.message : String(error);
    return new CommandError(exitCodes.failed, makeSafe(text));
  }
  const [owner] = error.findDetails(OwnerErrorDetailSchema);
  if (owner !== undefined) {
    const text = ownerReasonText({
      reason: owner.reason,
      retryAfterMs: owner.retryAfter && durationMs(owner.retryAfter),
    });
    return new CommandError(
      ownerCodes[owner.reason] ?? exitCodes.failed,
      explains.has(owner.reason) ? sentence(error, text) : text,
    );
  }
  const [program] = error.findDetails(ErrorDetailSchema);
  if (program !== undefined) {
    const code = programCodes[program.reason] ?? exitCodes.failed;
    return new CommandError(code, reasonText(program.reason));
  }
  return withoutReason(error);
}

/** The reason of an owner call's failure, if the broker gave one. */
export function ownerReasonOf(
  error: unknown,
): { reason: OwnerReason; triesLeft: number } | undefined {
  if (!(error instanceof ConnectError)) return undefined;
  return error.findDetails(OwnerErrorDetailSchema)[0];
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

function sentence(error: ConnectError, otherwise: string): string {
  const text = makeSafe(error.rawMessage, { maxLength: 500 });
  return text === "" ? otherwise : text;
}

// Connect wraps what a connection threw.
function findOwn(error: unknown): CommandError | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < 4 && cause instanceof Error; depth += 1) {
    if (cause instanceof CommandError) return cause;
    cause = cause.cause;
  }
  return undefined;
}

function withoutReason(error: ConnectError): CommandError {
  switch (error.code) {
    case Code.Unimplemented:
      return new CommandError(
        exitCodes.failed,
        "The broker cannot do this.",
        "Update the broker, and start it again with: assent broker run",
      );
    case Code.Internal:
    case Code.Unknown:
      return new CommandError(
        exitCodes.failed,
        ownerReasonText({ reason: OwnerReason.INTERNAL }),
      );
    // Canceled by the other side: what we cancel ourselves fails nowhere.
    case Code.Canceled:
    case Code.Unavailable:
    case Code.Aborted:
      return new CommandError(
        exitCodes.unreachable,
        `The connection to the broker ended (${sentence(error, "no reason given")}).`,
        "See whether it is running with: assent status",
      );
    default:
      return new CommandError(exitCodes.failed, sentence(error, error.message));
  }
}
