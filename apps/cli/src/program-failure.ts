// SPDX-License-Identifier: Apache-2.0
import { Reason, ReferenceFailure } from "@assent/protocol";
import {
  type AssentError,
  type ErrorCode,
  ReferenceFailureError,
} from "@assent/sdk-node";
import { makeSafe, reasonText, referenceFailureText } from "@assent/wording";
import { CommandError, exitCodes } from "./exit.ts";

const codes: Readonly<Partial<Record<ErrorCode, number>>> = {
  "authorization-required": exitCodes.notApproved,
  "session-expired": exitCodes.notApproved,
  "account-locked": exitCodes.notApproved,
  "session-revoked": exitCodes.notApproved,
  "process-changed": exitCodes.notApproved,
  "prompt-denied": exitCodes.notApproved,
  "prompt-timed-out": exitCodes.notApproved,
  "too-many-prompts": exitCodes.notApproved,
  "not-approved": exitCodes.notApproved,
  "out-of-scope": exitCodes.notApproved,
  "not-found": exitCodes.notFound,
  "reference-failed": exitCodes.notFound,
  invalid: exitCodes.usage,
  "integration-disabled": exitCodes.unreachable,
  unavailable: exitCodes.unreachable,
  "untrusted-endpoint": exitCodes.unreachable,
};

/** What the SDK found, in the words for the one who runs the command. */
export function fromSdk(error: AssentError): CommandError {
  const exitCode = codes[error.code] ?? exitCodes.failed;
  if (error instanceof ReferenceFailureError) {
    const failure = lookUp(ReferenceFailure, error.failure);
    const why = referenceFailureText(failure ?? ReferenceFailure.OTHER);
    const reference = error.reference ?? "The reference";
    return new CommandError(exitCode, `${makeSafe(reference)}: ${why}.`);
  }
  if (error.code === "unavailable") {
    return new CommandError(
      exitCode,
      "No broker listens to programs: it is not running, or its integration is off.",
      "See what to do with: assent status",
    );
  }
  const reason = lookUp(Reason, error.code);
  return new CommandError(
    exitCode,
    reason === undefined ? makeSafe(error.message) : reasonText(reason),
  );
}

// The names of the SDK are those of the schema, written another way.
function lookUp<T extends number>(
  values: Readonly<Record<string, T>>,
  name: string,
): T | undefined {
  return values[name.toUpperCase().replaceAll("-", "_")];
}
