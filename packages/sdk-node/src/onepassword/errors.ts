// SPDX-License-Identifier: Apache-2.0
import { AssentError, type ErrorCode } from "@assent/sdk-browserless";

/** What was asked for has no meaning in Assent. The text says what to do instead. */
export class UnsupportedError extends AssentError {
  override readonly name: string = "UnsupportedError";

  constructor(message: string) {
    super("unsupported", message);
  }
}

/**
 * Access ended: it expired, the account was locked, or access was revoked
 * (`code` says which). After a lock or a revocation make another client, which
 * asks the user again.
 */
export class DesktopSessionExpiredError extends AssentError {
  override readonly name: string = "DesktopSessionExpiredError";

  constructor(message: string, code: ErrorCode = "session-expired") {
    super(code, message);
  }
}

/** Too much was asked at once, or too many prompts were not approved. */
export class RateLimitExceededError extends AssentError {
  override readonly name: string = "RateLimitExceededError";

  constructor(message: string, code: ErrorCode = "limit-exceeded") {
    super(code, message);
  }
}

/** There for programs that name it. Nothing here throws it. */
export class AuthExpiredError extends AssentError {
  override readonly name: string = "AuthExpiredError";

  constructor(message: string) {
    super("session-expired", message);
  }
}

const ended: ReadonlySet<ErrorCode> = new Set([
  "authorization-required",
  "session-expired",
  "account-locked",
  "session-revoked",
  "process-changed",
]);
const tooMuch: ReadonlySet<ErrorCode> = new Set([
  "limit-exceeded",
  "too-many-prompts",
]);

/** The outcome of a call, its failures told by the classes above where they fit. */
export async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AssentError)) throw error;
    const { code, message } = error;
    if (ended.has(code)) throw new DesktopSessionExpiredError(message, code);
    if (tooMuch.has(code)) throw new RateLimitExceededError(message, code);
    throw error;
  }
}
