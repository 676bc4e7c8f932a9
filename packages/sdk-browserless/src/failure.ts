// SPDX-License-Identifier: Apache-2.0
import { type ErrorDetail, Reason } from "@assent/protocol";
import { AssentError, type ErrorCode } from "./error.ts";

/** The codes of the Connect protocol, with the HTTP status each is told by. */
const httpStatus = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
} as const;

/** A code of the Connect protocol. */
export type ConnectCode = keyof typeof httpStatus;

const connectCodes = Object.keys(httpStatus) as readonly ConnectCode[];

/** The code of that name; undefined if there is none. */
export function connectCodeFromName(name: unknown): ConnectCode | undefined {
  return connectCodes.find((code) => code === name);
}

/** The code of that number, as Connect's libraries count them from 1; undefined if there is none. */
export function connectCodeFromNumber(code: number): ConnectCode | undefined {
  return connectCodes[code - 1];
}

/** The code of an HTTP answer that is not Connect's, as the protocol maps it. */
export function connectCodeFromStatus(status: number): ConnectCode {
  switch (status) {
    case 400:
      return "internal";
    case 401:
      return "unauthenticated";
    case 403:
      return "permission_denied";
    case 404:
      return "unimplemented";
    case 429:
    case 502:
    case 503:
    case 504:
      return "unavailable";
    default:
      return "unknown";
  }
}

const byReason: ReadonlyMap<number, ErrorCode> = new Map<Reason, ErrorCode>([
  [Reason.AUTHORIZATION_REQUIRED, "authorization-required"],
  [Reason.SESSION_EXPIRED, "session-expired"],
  [Reason.ACCOUNT_LOCKED, "account-locked"],
  [Reason.SESSION_REVOKED, "session-revoked"],
  [Reason.PROCESS_CHANGED, "process-changed"],
  [Reason.PROMPT_DENIED, "prompt-denied"],
  [Reason.PROMPT_TIMED_OUT, "prompt-timed-out"],
  [Reason.OUT_OF_SCOPE, "out-of-scope"],
  [Reason.TOO_MANY_PROMPTS, "too-many-prompts"],
  [Reason.PEER_UNIDENTIFIED, "peer-unidentified"],
  [Reason.VERSION_UNSUPPORTED, "version-unsupported"],
  [Reason.INTEGRATION_DISABLED, "integration-disabled"],
  [Reason.CONFLICT, "conflict"],
  [Reason.NOT_FOUND, "not-found"],
  [Reason.INVALID, "invalid"],
  [Reason.LIMIT_EXCEEDED, "limit-exceeded"],
  [Reason.STORAGE_FAILED, "storage-failed"],
  [Reason.INTERNAL, "internal"],
]);

// What an error without a reason may mean. Whatever is not here, and says no
// reason, says nothing a program could act on: not approved (VER-004).
const byConnectCode: Partial<Record<ConnectCode, ErrorCode>> = {
  canceled: "canceled",
  deadline_exceeded: "deadline-exceeded",
  unimplemented: "unsupported",
  unavailable: "unavailable",
  resource_exhausted: "limit-exceeded",
  internal: "internal",
};

// With these the broker has judged the call and refused it.
const refusals: readonly ConnectCode[] = [
  "invalid_argument",
  "not_found",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "unimplemented",
  "unauthenticated",
];

/**
 * The error for a failure that the broker answered. Its text is not looked at:
 * it may repeat what the program sent (SDK-007).
 */
export function answeredError(
  connectCode: ConnectCode,
  detail: ErrorDetail | undefined,
): AssentError {
  if (detail === undefined) {
    const code = byConnectCode[connectCode] ?? "not-approved";
    const outcomeUnknown = !refusals.includes(connectCode);
    return new AssentError(code, undefined, { connectCode, outcomeUnknown });
  }
  const code = byReason.get(detail.reason) ?? "not-approved";
  return new AssentError(code, undefined, {
    connectCode,
    outcomeUnknown: code === "internal" || code === "not-approved",
    supportedVersions: detail.supportedVersions.filter((version) =>
      /^\d{1,4}\.\d{1,4}$/.test(version),
    ),
  });
}
