// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";

/**
 * When an unlocked account locks by itself (decisions 7, T56): one that an
 * approval unlocked, when its last session ends; one unlocked by hand, after
 * some idle time, or when its user goes away. Locking would deny the prompts that ask for it, so it waits
 * while there are any, but no longer than one prompt lasts.
 */
export interface Unlocks {
  byApproval(accountId: string): void;
  byHand(accountId: string): void;
  /** A Request, an approval or the owner used it: the idle time starts anew. */
  used(accountId: string): void;
  locked(accountId: string): void;
  /** Accounts that were unlocked by hand. */
  heldByHand(): string[];
  /** Accounts that are to be locked now. */
  due(use: AccountUse): string[];
}

/** What hangs on an account. */
export interface AccountUse {
  /** Unlocked by hand: milliseconds without use. */
  readonly autoLockMs: number;
  /** Live sessions. */
  readonly sessions: (accountId: string) => number;
  /** Whether the user is being asked for it. */
  readonly isAsked: (accountId: string) => boolean;
}

interface Unlocked {
  readonly byHand: boolean;
  lastUseMs: number;
  /** Boot time since which nothing needs it to be open. */
  idleSinceMs: number | undefined;
}

/** Create; nothing is unlocked yet. */
export function createUnlocks(bootMs: () => number): Unlocks {
  const open = new Map<string, Unlocked>();
  const unlock = (accountId: string, byHand: boolean) =>
    void open.set(accountId, {
      byHand,
      lastUseMs: bootMs(),
      idleSinceMs: undefined,
    });
  return {
    byApproval: (accountId) => unlock(accountId, false),
    byHand: (accountId) => unlock(accountId, true),
    used(accountId) {
      const entry = open.get(accountId);
      if (entry !== undefined) entry.lastUseMs = bootMs();
    },
    locked: (accountId) => void open.delete(accountId),
    heldByHand: () =>
      [...open].flatMap(([id, { byHand }]) => (byHand ? [id] : [])),
    due({ autoLockMs, sessions, isAsked }) {
      const now = bootMs();
      return [...open].flatMap(([accountId, unlocked]) => {
        const isIdle = unlocked.byHand
          ? now - unlocked.lastUseMs >= autoLockMs
          : sessions(accountId) === 0;
        if (!isIdle) {
          unlocked.idleSinceMs = undefined;
          return [];
        }
        unlocked.idleSinceMs ??= now;
        const waited = now - unlocked.idleSinceMs >= limits.promptMs;
        return isAsked(accountId) && !waited ? [] : [accountId];
      });
    },
  };
}
