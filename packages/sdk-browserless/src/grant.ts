// SPDX-License-Identifier: Apache-2.0
import type { Grant as GrantMessage } from "@assent/protocol";
import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import { AssentError } from "./error.ts";
import { readScope, type Scope } from "./scope.ts";

/** What the user said yes to; it may be narrower than what was asked. */
export interface Grant {
  /** Stable id of the account. */
  readonly accountId: string;
  /** Name of the account, as the user sees it. */
  readonly accountName: string;
  /** What may be done. */
  readonly scope: Scope;
  /** Access ends after this long without a call; undefined: not told. */
  readonly inactivityTimeoutMs: number | undefined;
  /** Access ends about then in any case; undefined: not told. */
  readonly notAfter: Date | undefined;
}

/**
 * The grant of an answer. An answer without one, without an account, or with
 * a scope of a kind that this SDK does not know, is no yes (VER-004).
 *
 * @throws AssentError "not-approved"
 */
export function readGrant(message: GrantMessage | undefined): Grant {
  const scope = readScope(message?.scope);
  if (!message?.accountId || scope === undefined) {
    throw new AssentError("not-approved");
  }
  return {
    accountId: message.accountId,
    accountName: message.accountName,
    scope,
    inactivityTimeoutMs:
      message.inactivityTimeout && durationMs(message.inactivityTimeout),
    notAfter: message.notAfter && timestampDate(message.notAfter),
  };
}
