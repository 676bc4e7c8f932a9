// SPDX-License-Identifier: Apache-2.0
import type { ReferenceFailureName } from "./reference-failure.ts";

/**
 * Why a call failed. A closed list: programs act on it, never on the message
 * (SDK-005).
 *
 * What the broker or the user said: `authorization-required`,
 * `session-expired`, `account-locked`, `session-revoked`, `process-changed`,
 * `prompt-denied`, `prompt-timed-out`, `out-of-scope`, `too-many-prompts`,
 * `peer-unidentified`, `version-unsupported`, `integration-disabled`,
 * `conflict`, `not-found`, `invalid`, `limit-exceeded`, `storage-failed`,
 * `internal`, `unsupported`, `reference-failed`; and `not-approved` for
 * anything this SDK does not know (VER-004).
 *
 * What the SDK found: `unavailable` (no broker there), `untrusted-endpoint`
 * (something is there that must not be spoken to), `outcome-unknown` (the
 * connection broke while a change was under way), `malformed-answer`,
 * `wrong-account`, `not-text`, `invalid`, `limit-exceeded`, `canceled`,
 * `deadline-exceeded`, `closed`.
 */
export type ErrorCode =
  | "authorization-required"
  | "session-expired"
  | "account-locked"
  | "session-revoked"
  | "process-changed"
  | "prompt-denied"
  | "prompt-timed-out"
  | "out-of-scope"
  | "too-many-prompts"
  | "peer-unidentified"
  | "version-unsupported"
  | "integration-disabled"
  | "conflict"
  | "not-found"
  | "invalid"
  | "limit-exceeded"
  | "storage-failed"
  | "internal"
  | "unsupported"
  | "not-approved"
  | "reference-failed"
  | "unavailable"
  | "untrusted-endpoint"
  | "outcome-unknown"
  | "malformed-answer"
  | "wrong-account"
  | "not-text"
  | "canceled"
  | "deadline-exceeded"
  | "closed";

/** What is known of an error besides its code. */
export interface AssentErrorFacts {
  /** The call may have been carried out all the same. */
  readonly outcomeUnknown?: boolean;
  /** The code of the Connect protocol, as in `permission_denied`. */
  readonly connectCode?: string | undefined;
  /** With `version-unsupported`: what the broker speaks. */
  readonly supportedVersions?: readonly string[];
}

/**
 * Every failure of this SDK. The text is the SDK's own and says what to do
 * next. Nothing that the broker wrote, and no value, is ever part of it, so
 * it may be logged (SDK-007); for the same reason there is no `cause`.
 */
export class AssentError extends Error {
  override readonly name: string = "AssentError";
  readonly code: ErrorCode;
  /**
   * True when the broker did not say whether it carried the call out. Only
   * a change (create, put, delete) needs to care: look before repeating it.
   */
  readonly outcomeUnknown: boolean;
  readonly #facts: AssentErrorFacts;

  constructor(
    code: ErrorCode,
    message: string = explanations[code],
    facts: AssentErrorFacts = {},
  ) {
    super(message);
    this.code = code;
    this.outcomeUnknown = facts.outcomeUnknown ?? false;
    this.#facts = facts;
  }

  /** The code of the Connect protocol, if the failure was an answer. */
  get connectCode(): string | undefined {
    return this.#facts.connectCode;
  }

  /** With `version-unsupported`: the versions that the broker speaks. */
  get supportedVersions(): readonly string[] {
    return this.#facts.supportedVersions ?? [];
  }
}

/**
 * A secret reference that has no value. `code` is `out-of-scope`,
 * `not-found`, `invalid` or `reference-failed`; `failure` says it exactly.
 */
export class ReferenceFailureError extends AssentError {
  override readonly name: string = "ReferenceFailureError";
  readonly failure: ReferenceFailureName;
  /** The reference, if it was well-formed; else undefined: it may be anything. */
  readonly reference: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    failure: ReferenceFailureName,
    reference: string | undefined,
  ) {
    super(code, message);
    this.failure = failure;
    this.reference = reference;
  }
}

/** What each code means to a person, and what to do next. */
const explanations: Readonly<Record<ErrorCode, string>> = {
  "authorization-required":
    "This program has no access to the account. Call authorize() with interaction allowed, and approve the prompt.",
  "session-expired":
    "Access ended because it was not used in time. Call authorize() to ask again.",
  "account-locked":
    "The account was locked, which ended access. Call authorize() to ask again.",
  "session-revoked": "Access was revoked. Call authorize() to ask again.",
  "process-changed":
    "This process is no longer the one that was approved. Call authorize() to ask again.",
  "prompt-denied":
    "The user said no. Tell them what the secret is for, then call authorize() to ask again.",
  "prompt-timed-out":
    "Nobody answered the prompt in time. Call authorize() to ask again.",
  "out-of-scope":
    "This is outside what the user granted. Call authorize() with a scope that covers it.",
  "too-many-prompts":
    "Too many prompts of this program were not approved. Wait a minute, then call authorize().",
  "peer-unidentified":
    "The broker could not tell which program is calling. Run it outside of what hides it, such as another user namespace.",
  "version-unsupported":
    "The broker speaks another version of the protocol. Update the broker or this SDK.",
  "integration-disabled":
    "The user has turned the integration off, or the broker is stopping. Turn it on with `assent integration on`, then try again.",
  conflict:
    "The item was changed by somebody else. Get it again, then repeat the change.",
  "not-found":
    "No such vault, item or file within what was granted. Check the name, or use the id.",
  invalid:
    "The call breaks a rule of the protocol. Check what it was given; if that is right, update the SDK.",
  "limit-exceeded":
    "The call, or its answer, is larger than the protocol allows. Ask for less at once.",
  "storage-failed":
    "The broker could not write to its storage; nothing was changed. Check the disk, then try again.",
  internal: "A fault in the broker. Look into its log, then try again.",
  unsupported: "The broker does not know this operation. Update the broker.",
  "not-approved":
    "The broker refused for a reason this SDK does not know. Update the SDK to learn the reason.",
  "reference-failed":
    "The secret reference has no value. Look at the item it names.",
  unavailable:
    "The broker cannot be reached. Start it with `assent broker run`, or turn the integration on with `assent integration on`.",
  "untrusted-endpoint":
    "The broker's endpoint is not safe to speak to. Nothing was sent. Run `assent doctor` to see why.",
  "outcome-unknown":
    "The connection broke while the change was under way. Look whether it happened before you repeat it.",
  "malformed-answer":
    "The answer breaks the protocol. Is this an Assent broker? Update it, or report it to its maker.",
  "wrong-account":
    "The user granted another account than the one this client works with. Name that account, or make another client for it.",
  "not-text": "The value is not UTF-8 text. Read it with resolveBytes().",
  canceled:
    "The call was canceled by its signal. Call again when it is wanted.",
  "deadline-exceeded":
    "The broker did not answer within the time this call was given. Give it more with timeoutMs, or look whether the broker runs.",
  closed: "The client is closed. Create another one.",
};
