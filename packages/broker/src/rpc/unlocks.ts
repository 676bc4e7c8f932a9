// SPDX-License-Identifier: Apache-2.0

/**
 * When an unlocked account locks by itself (decisions 7): one that an approval
 * unlocked, when its last session ends; one unlocked by hand, after some idle
 * time.
 */
export interface Unlocks {
  byApproval(accountId: string): void;
  byHand(accountId: string): void;
  /** A Request or the owner used it: the idle time starts anew. */
  used(accountId: string): void;
  locked(accountId: string): void;
  /** Accounts that are due, now. `sessionsOf` tells how many live sessions one has. */
  due(autoLockMs: number, sessionsOf: (accountId: string) => number): string[];
}

/** Create; nothing is unlocked yet. */
export function createUnlocks(bootMs: () => number): Unlocks {
  const open = new Map<string, { byHand: boolean; lastUseMs: number }>();
  return {
    byApproval(accountId) {
      open.set(accountId, { byHand: false, lastUseMs: bootMs() });
    },
    byHand(accountId) {
      open.set(accountId, { byHand: true, lastUseMs: bootMs() });
    },
    used(accountId) {
      const entry = open.get(accountId);
      if (entry !== undefined) entry.lastUseMs = bootMs();
    },
    locked: (accountId) => void open.delete(accountId),
    due(autoLockMs, sessionsOf) {
      const now = bootMs();
      return [...open]
        .filter(([accountId, { byHand, lastUseMs }]) =>
          byHand ? now - lastUseMs >= autoLockMs : sessionsOf(accountId) === 0,
        )
        .map(([accountId]) => accountId);
    },
  };
}
