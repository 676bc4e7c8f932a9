// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ActivityLog } from "./activity.ts";

/** The logs of all accounts, each opened when it is first needed. */
export interface AccountLogs {
  /** Sealed to the account's public log key: written to while it is locked, too. */
  of(accountId: string, publicKey: Uint8Array): ActivityLog;
  /** Close and delete the log of an account that is gone. */
  remove(accountId: string): void;
  close(): void;
}

/** Keep logs in a directory, one file for each account. */
export function createAccountLogs(
  directory: string,
  open: (file: string, accountId: string, key: Uint8Array) => ActivityLog,
): AccountLogs {
  const logs = new Map<string, ActivityLog>();
  const fileOf = (accountId: string) => join(directory, `${accountId}.db`);
  return {
    of(accountId, publicKey) {
      const log =
        logs.get(accountId) ?? open(fileOf(accountId), accountId, publicKey);
      logs.set(accountId, log);
      return log;
    },
    remove(accountId) {
      logs.get(accountId)?.close();
      logs.delete(accountId);
      for (const suffix of ["", "-wal", "-shm", "-journal"]) {
        rmSync(fileOf(accountId) + suffix, { force: true });
      }
    },
    close() {
      for (const log of logs.values()) log.close();
      logs.clear();
    },
  };
}
