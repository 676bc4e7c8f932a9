// SPDX-License-Identifier: Apache-2.0
import type { Scope } from "@assent/protocol";
import type { AccountRef, Mute, Session } from "@assent/protocol/owner";
import {
  describeScope,
  endsInText,
  isDeceptive,
  lastUseText,
  makeSafe,
  mutedText,
  muteText,
  type ScopeLine,
} from "@assent/wording";
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";

/** What the broker told, and when. */
export interface AccessFacts {
  /** Of all accounts, newest use first. */
  readonly sessions: readonly Session[];
  readonly mutes: readonly Mute[];
  /** Names of vaults by their ids, of those that this page may know. */
  readonly vaultNames: ReadonlyMap<string, string>;
  readonly accounts: readonly AccountRef[];
  /** Time of day when it was told, milliseconds. */
  readonly takenAtMs: number;
}

/** One program's access, as shown; every text is safe. */
export interface AccessRow {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly isDeceptive: boolean;
  /** `Ends in 8:41`. */
  readonly ends: string;
  /** Whether its time is up: it waits for the broker to say so. */
  readonly isOver: boolean;
  readonly lastUse: string;
  /** Undefined: this version cannot tell all of it. */
  readonly scope: readonly ScopeLine[] | undefined;
}

/** An account, and the programs that can use it. */
export interface AccessGroup {
  readonly accountId: string;
  readonly accountName: string;
  readonly locked: boolean;
  readonly rows: readonly AccessRow[];
}

/** A muted program, as shown. */
export interface MuteRow {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly left: string;
}

/** The page of active access at one moment. */
export interface AccessView {
  /** Accounts that something has access to, in the order of the accounts. */
  readonly groups: readonly AccessGroup[];
  /** Accounts that are unlocked and that nothing has access to. */
  readonly unused: readonly AccountRef[];
  readonly mutes: readonly MuteRow[];
}

/** The page of active access at `nowMs`, time of day. */
export function viewAccess(facts: AccessFacts, nowMs: number): AccessView {
  const rowsOf = (accountId: string) =>
    facts.sessions
      .filter(({ account }) => account?.id === accountId)
      .map((session) => viewSession(session, facts, nowMs));
  const groups = accountsOf(facts)
    .map((account) => ({
      accountId: account.id,
      accountName: makeSafe(account.name),
      locked: account.locked,
      rows: rowsOf(account.id),
    }))
    .filter(({ rows }) => rows.length > 0);
  const used = new Set(groups.map(({ accountId }) => accountId));
  return {
    groups,
    unused: facts.accounts.filter(({ id, locked }) => !locked && !used.has(id)),
    mutes: facts.mutes
      .map((mute) => viewMute(mute, nowMs))
      .filter((row) => row !== undefined),
  };
}

// An account that was removed meanwhile still has its sessions told of.
function accountsOf({ accounts, sessions }: AccessFacts): AccountRef[] {
  const known = new Map(accounts.map((account) => [account.id, account]));
  for (const { account } of sessions) {
    if (account !== undefined && !known.has(account.id)) {
      known.set(account.id, account);
    }
  }
  return [...known.values()];
}

function viewSession(
  session: Session,
  { takenAtMs, vaultNames }: AccessFacts,
  nowMs: number,
): AccessRow {
  const { id, account, process, scopes, remaining, lastUsedAt } = session;
  // A clock that is set back makes nothing last longer.
  const passedMs = Math.max(nowMs - takenAtMs, 0);
  const leftMs = (remaining ? durationMs(remaining) : 0) - passedMs;
  const usedMs = lastUsedAt ? timestampMs(lastUsedAt) : takenAtMs;
  const lines = scopes.map((scope) =>
    describeScope(withNames(scope, vaultNames), account?.name ?? ""),
  );
  return {
    id,
    name: makeSafe(process?.name || "A program"),
    path: makeSafe(process?.path ?? ""),
    isDeceptive: isDeceptive(process?.path ?? ""),
    ends: endsInText(leftMs),
    isOver: leftMs <= 0,
    lastUse: lastUseText(Math.max(nowMs - usedMs, 0), process?.pid ?? 0),
    scope: lines.some((line) => line === undefined)
      ? undefined
      : lines.flatMap((line) => line ?? []),
  };
}

// The broker grants vaults by their ids.
function withNames(scope: Scope, names: ReadonlyMap<string, string>): Scope {
  if (scope.extent.case !== "vaults") return scope;
  const vaults = scope.extent.value.vaults.map((id) => names.get(id) ?? id);
  const value = { ...scope.extent.value, vaults };
  return { ...scope, extent: { case: "vaults", value } };
}

function viewMute(mute: Mute, nowMs: number): MuteRow | undefined {
  const leftMs = mute.until === undefined ? 0 : timestampMs(mute.until) - nowMs;
  if (leftMs <= 0) return undefined;
  return {
    id: mute.id,
    name: makeSafe(mute.process?.name || "A program"),
    path: makeSafe(mute.process?.path ?? ""),
    text: muteText(mute),
    left: mutedText(leftMs, mute.by),
  };
}
