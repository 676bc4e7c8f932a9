// SPDX-License-Identifier: Apache-2.0
import { type BoundScope, covers } from "./scope.ts";

/** Why a session ended. */
export type SessionEnd =
  | "expired"
  | "account-locked"
  | "revoked-by-program"
  | "revoked-by-user"
  | "integration-off"
  | "process-exited"
  | "process-replaced";

/** The user's recorded yes to one scope. */
export interface Grant {
  readonly scope: BoundScope;
  /** Milliseconds without a Request after which it ends (EXP-001). */
  readonly inactivityMs: number;
  /** Boot time at which it ends whatever its use (EXP-013). */
  readonly notAfterMs: number;
  readonly grantedAtMs: number;
  /** Boot time of the last Request that it covered, or of the approval (EXP-002). */
  lastActivityMs: number;
}

/** What one process may do with one account, now. */
export interface Session {
  /** For surfaces that list sessions; works nowhere else (SES-015). */
  readonly id: string;
  readonly process: number;
  readonly accountId: string;
  /** Grants, each judged alone (SES-017). */
  readonly grants: readonly Grant[];
  /** What the process asked for when the user chose the account; see Authorize. */
  readonly chosenFor: ReadonlySet<string>;
}

interface MutableSession extends Session {
  grants: Grant[];
  readonly chosenFor: Set<string>;
}

/** Told once for each session that ended. */
export type SessionEndListener = (session: Session, end: SessionEnd) => void;

/** What is known of a process and an account: live, or why not. */
export type Judgement =
  | { readonly live: Session }
  | { readonly ended: SessionEnd | undefined };

/**
 * The live sessions, in memory only (CHN-005). A session belongs to one
 * process and one account (SES-006, SES-007). Time is judged when asked, never
 * by a timer (EXP-011): `sweep` only tidies up.
 */
export class Sessions {
  readonly #byAccount = new Map<string, Map<number, MutableSession>>();
  readonly #ended = new Map<number, Map<string, SessionEnd>>();
  readonly #newId: () => string;
  readonly #onEnd: SessionEndListener;

  constructor(newId: () => string, onEnd: SessionEndListener) {
    this.#newId = newId;
    this.#onEnd = onEnd;
  }

  /** Judge at a moment of the boot clock. Expired grants end here (EXP-008, EXP-012). */
  judge(process: number, accountId: string, bootMs: number): Judgement {
    const session = this.#byAccount.get(accountId)?.get(process);
    if (session !== undefined) {
      session.grants = session.grants.filter((grant) => isLive(grant, bootMs));
      if (session.grants.length > 0) return { live: session };
      this.#end(session, "expired");
    }
    return { ended: this.#ended.get(process)?.get(accountId) };
  }

  /** The session of a process and an account; maybe expired and not judged yet. */
  find(process: number, accountId: string): Session | undefined {
    return this.#byAccount.get(accountId)?.get(process);
  }

  /** A new grant; it joins the session of its process and account. */
  grant(
    process: number,
    accountId: string,
    grant: Grant,
    chosenFor: string | undefined,
  ): Session {
    this.judge(process, accountId, grant.grantedAtMs);
    const ofAccount =
      this.#byAccount.get(accountId) ?? new Map<number, MutableSession>();
    this.#byAccount.set(accountId, ofAccount);
    const session = ofAccount.get(process) ?? {
      id: this.#newId(),
      process,
      accountId,
      grants: [],
      chosenFor: new Set<string>(),
    };
    ofAccount.set(process, session);
    // What the new grant covers for at least as long needs no entry of its own.
    session.grants = session.grants.filter(
      (old) =>
        !(
          covers(grant.scope, old.scope) &&
          grant.inactivityMs >= old.inactivityMs
        ),
    );
    session.grants.push(grant);
    if (chosenFor !== undefined) session.chosenFor.add(chosenFor);
    this.#ended.get(process)?.delete(accountId);
    return session;
  }

  /** A Request that passed: restarts the inactivity of the grants that covered it (EXP-002). */
  touch(grants: Iterable<Grant>, bootMs: number): void {
    for (const grant of grants) {
      grant.lastActivityMs = Math.max(grant.lastActivityMs, bootMs);
    }
  }

  /** End one session, if it has not ended; its listener is told before this returns. */
  end(session: Session, end: SessionEnd): void {
    this.#end(session, end);
  }

  /** Whether a process has a session, or is to be told why it has none any more. */
  remembers(process: number): boolean {
    return this.#ended.has(process) || this.ofProcess(process).length > 0;
  }

  /** The sessions of one process. */
  ofProcess(process: number): Session[] {
    return [...this.#byAccount.values()].flatMap(
      (ofAccount) => ofAccount.get(process) ?? [],
    );
  }

  /** End every session of an account, without looking at any other (LCK-001, LCK-006). */
  endAccount(accountId: string, end: SessionEnd): number {
    const sessions = [...(this.#byAccount.get(accountId)?.values() ?? [])];
    for (const session of sessions) this.#end(session, end);
    return sessions.length;
  }

  /** The process is no more (PRC-003, PRC-005): its sessions end and nothing is kept of it. */
  endProcess(process: number, end: SessionEnd): void {
    for (const session of this.ofProcess(process)) this.#end(session, end);
    this.#ended.delete(process);
  }

  /** End what has expired; sessions nobody asks for any more are found here. */
  sweep(bootMs: number): void {
    for (const session of this.all()) {
      this.judge(session.process, session.accountId, bootMs);
    }
  }

  /** How many sessions an account has. */
  count(accountId: string): number {
    return this.#byAccount.get(accountId)?.size ?? 0;
  }

  /** Every session, expired ones that were not judged yet included. */
  all(): Session[] {
    return [...this.#byAccount.values()].flatMap((map) => [...map.values()]);
  }

  #end(session: Session, end: SessionEnd): void {
    const ofAccount = this.#byAccount.get(session.accountId);
    if (ofAccount?.get(session.process) !== session) return;
    ofAccount.delete(session.process);
    if (ofAccount.size === 0) this.#byAccount.delete(session.accountId);
    const reasons = this.#ended.get(session.process) ?? new Map();
    reasons.set(session.accountId, end);
    this.#ended.set(session.process, reasons);
    this.#onEnd(session, end);
  }
}

/** When a grant ends if nothing happens, on the boot clock. */
export function endsAtMs(grant: Grant): number {
  return Math.min(grant.lastActivityMs + grant.inactivityMs, grant.notAfterMs);
}

/** Exactly at its end a grant is over (EXP-001). A clock that went back is no time. */
function isLive(grant: Grant, bootMs: number): boolean {
  return bootMs >= grant.grantedAtMs && bootMs < endsAtMs(grant);
}
