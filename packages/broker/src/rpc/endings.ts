// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import type { PeerEnd } from "../peer/peer.ts";
import type {
  FrozenPrompt,
  PromptEnding,
  Question,
} from "../prompt/prompts.ts";
import type { SessionEnd } from "../session/sessions.ts";
import type { BrokerParts } from "./parts.ts";

/** What a program is told of why its session ended (EXP-012, LCK-001, RVK-005). */
export const reasonOfEnd: Readonly<Record<SessionEnd, Reason>> = {
  expired: Reason.SESSION_EXPIRED,
  "account-locked": Reason.ACCOUNT_LOCKED,
  "revoked-by-program": Reason.SESSION_REVOKED,
  "revoked-by-user": Reason.SESSION_REVOKED,
  "integration-off": Reason.SESSION_REVOKED,
  "process-exited": Reason.PROCESS_CHANGED,
  "process-replaced": Reason.PROCESS_CHANGED,
};

/** What a call that waited on a prompt is told. */
export const reasonOfPromptEnding: Readonly<
  Record<Exclude<PromptEnding, "withdrawn">, Reason>
> = {
  denied: Reason.PROMPT_DENIED,
  "timed-out": Reason.PROMPT_TIMED_OUT,
  revoked: Reason.SESSION_REVOKED,
  "process-exited": Reason.PROCESS_CHANGED,
  "process-replaced": Reason.PROCESS_CHANGED,
  "account-locked": Reason.ACCOUNT_LOCKED,
  "integration-off": Reason.INTEGRATION_DISABLED,
  "too-many": Reason.TOO_MANY_PROMPTS,
  failed: Reason.INTERNAL,
};

/**
 * Lock an account, finally: when this returns its sessions are ended, its
 * prompts and choices dismissed, approvals under way void, its keys zeroed,
 * and nothing more of it can leave (LCK-001, LCK-002, LCK-004; decisions 7).
 */
export function lockAccount(
  parts: BrokerParts,
  accountId: string,
  by: string,
): void {
  const { accounts, sessions, prompts, flights, recorder } = parts;
  const wasLocked =
    accounts.list().find((account) => account.id === accountId)?.locked ?? true;
  const now = timeOrEnd(parts);
  const held = (process: number) =>
    "live" in sessions.judge(process, accountId, now);
  // First the key: from here on no approval can take effect.
  accounts.lock(accountId);
  parts.unlocks.locked(accountId);
  parts.uploads.dropAccount(accountId);
  const holders = new Set(
    sessions.all().flatMap(({ process }) => (held(process) ? [process] : [])),
  );
  sessions.endAccount(accountId, "account-locked");
  flights.cut((flight) => flight.accountId === accountId);
  prompts.endWhere(
    (question, frozen) => mayGrant(parts, question, frozen, accountId),
    (question) => (holders.has(question.process) ? "account-locked" : "denied"),
  );
  if (!wasLocked) recorder.note(accountId, { kind: "account-locked", by });
}

/** Whether the user may grant this account by answering: it is asked for, or may be chosen. */
export function mayGrant(
  parts: BrokerParts,
  question: Question,
  frozen: FrozenPrompt | undefined,
  accountId: string,
): boolean {
  const asked = frozen?.accountId ?? parts.accounts.find(question.account)?.id;
  return asked === undefined || asked === accountId;
}

/** Locking never fails: without a clock every session counts as expired. */
function timeOrEnd(parts: BrokerParts): number {
  try {
    return parts.clock.bootMs();
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The process is gone or another program now: nothing of it stands (PRC-003, PRC-005). */
export function endProcess(
  parts: BrokerParts,
  processNumber: number,
  end: PeerEnd,
): void {
  const cause = end === "exited" ? "process-exited" : "process-replaced";
  parts.prompts.endWhere(
    (question) => question.process === processNumber,
    cause,
  );
  parts.sessions.endProcess(processNumber, cause);
  parts.flights.cut(
    (flight) =>
      flight.connection.peer.number === processNumber &&
      flight.accountId !== undefined,
  );
  parts.uploads.dropProcess(processNumber);
  parts.cards.forget(processNumber);
}

/**
 * The user turned the integration off: nothing is granted from here on, all
 * sessions end, programs are not served any more. Rejects when it could not be
 * written down; all of that holds nevertheless, until a restart.
 */
export async function disableIntegration(parts: BrokerParts): Promise<void> {
  const { integration, prompts, sessions, flights, recorder } = parts;
  const wasOn = integration.isOn;
  const off = integration.turnOff();
  const programs = new Set(sessions.all().map(({ process }) => process));
  prompts.endWhere(() => true, "integration-off");
  for (const session of sessions.all()) {
    sessions.end(session, "integration-off");
  }
  flights.cut(
    (flight) =>
      flight.accountId !== undefined &&
      programs.has(flight.connection.peer.number),
  );
  if (wasOn) recorder.note(undefined, { kind: "integration-off" });
  await off;
}
