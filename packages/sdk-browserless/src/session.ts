// SPDX-License-Identifier: Apache-2.0
import type { AssentError, ErrorCode } from "./error.ts";
import type { Grant } from "./grant.ts";
import type { WaitingInfo } from "./options.ts";
import { isNarrower, type Scope } from "./scope.ts";

/**
 * How things stand between a client and its account:
 *
 * - `none`: nothing was asked yet.
 * - `waiting`: the user is being asked. An earlier grant stands meanwhile.
 * - `granted`: the user said yes to what was asked.
 * - `narrowed`: the user said yes to less than was asked; see `grant.scope`.
 * - `refused`: denied, not answered in time, or not approved for another
 *   reason; see `error`. An earlier grant stands.
 * - `expired`, `locked`, `revoked`: access ended that way.
 * - `ended`: access ended otherwise, as when the broker was started anew.
 */
export type SessionState =
  | "none"
  | "waiting"
  | "granted"
  | "narrowed"
  | "refused"
  | "expired"
  | "locked"
  | "revoked"
  | "ended";

/**
 * What the calls of a client have shown so far. Only the broker knows whether
 * access is still there (SDK-009): one that ran out, or was revoked, is seen
 * at the next call.
 */
export interface SessionStatus {
  readonly state: SessionState;
  /** The newest grant that is not known to have ended. */
  readonly grant: Grant | undefined;
  /** What the user is being asked, with `waiting`. */
  readonly waiting: WaitingInfo | undefined;
  /** Why there is no access, or not what was asked, where a failure told. */
  readonly error: AssentError | undefined;
}

/** Keeps the status of one client, and tells each change. */
export interface Session {
  readonly status: SessionStatus;
  /** The user is being asked; the result takes that back. */
  wait(info: WaitingInfo): () => void;
  granted(grant: Grant, asked: Scope): void;
  refused(error: AssentError): void;
  /** Learn from the failure of a Request, or from a revocation. */
  failed(error: AssentError): void;
}

const endings: Partial<Record<ErrorCode, SessionState>> = {
  "session-expired": "expired",
  "account-locked": "locked",
  "session-revoked": "revoked",
  "process-changed": "ended",
  "authorization-required": "ended",
};

/** What `tell` throws is reported like any error that nobody catches. */
export function createSession(
  tell: (status: SessionStatus) => void = () => {},
): Session {
  const asking = new Set<WaitingInfo>();
  let settled: Omit<SessionStatus, "waiting"> = {
    state: "none",
    grant: undefined,
    error: undefined,
  };

  function status(): SessionStatus {
    const waiting = [...asking].at(-1);
    if (waiting === undefined) return { ...settled, waiting };
    return { ...settled, state: "waiting", error: undefined, waiting };
  }

  function change(next: typeof settled = settled): void {
    settled = next;
    try {
      tell(status());
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  return {
    get status() {
      return status();
    },
    wait(info) {
      asking.add(info);
      change();
      return () => {
        // What came of it is told next; if nothing did, that it is over.
        asking.delete(info);
        const before = settled;
        queueMicrotask(() => {
          if (settled === before) change();
        });
      };
    },
    granted(grant, asked) {
      const state = isNarrower(grant.scope, asked) ? "narrowed" : "granted";
      change({ state, grant, error: undefined });
    },
    refused(error) {
      change({ ...settled, state: "refused", error });
    },
    failed(error) {
      const state = endings[error.code];
      // Many calls may learn of one ending, and of none before the first grant.
      if (state === undefined || settled.grant === undefined) return;
      change({ state, grant: undefined, error });
    },
  };
}
