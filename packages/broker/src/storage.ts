// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Places } from "@assent/protocol";
import type { Accounts } from "./account/accounts.ts";
import {
  type AccountsOptions,
  createAccounts,
} from "./account/native-accounts.ts";
import { createAccountLogs } from "./activity/account-logs.ts";
import type { ActivityLog } from "./activity/activity.ts";
import { createActivityLog } from "./activity/activity-log.ts";
import { createBrokerLog } from "./activity/broker-log.ts";
import {
  openRuntimeDirectory,
  type RuntimeDirectory,
} from "./channel/runtime-directory.ts";
import type { Log } from "./log/log.ts";
import type { PeerBinding } from "./peer/binding.ts";
import type { Clock } from "./session/clock.ts";
import { openSettings, type SettingsFile } from "./settings/settings.ts";

/** Where files are, and what opening them takes. */
export interface StorageOptions {
  readonly places: Places;
  readonly binding: PeerBinding;
  readonly clock: Clock;
  readonly passwords?: AccountsOptions["passwords"];
  readonly log: Log;
}

/** Every file of a broker, open and its own. Disposing closes them all: the accounts are locked. */
export interface Storage extends Disposable {
  readonly runtime: RuntimeDirectory;
  readonly settings: SettingsFile;
  readonly accounts: Accounts;
  /** What happens without an account. */
  readonly brokerLog: ActivityLog;
  /** The log of an account, also of a locked one. */
  logOf(accountId: string): ActivityLog | undefined;
  /** Of an account that is gone. */
  readonly removeLog: (accountId: string) => void;
  /** Drop entries of every log that are older. */
  prune(beforeMs: number): void;
}

/** Open them, or throw one clear line and leave nothing open. */
export function openStorage(options: StorageOptions): Storage {
  const { places, binding, clock, log } = options;
  using undo = new DisposableStack();
  for (const name of ["", "accounts", "activity"]) {
    mkdirSync(join(places.dataDirectory, name), {
      recursive: true,
      mode: 0o700,
    });
  }
  const runtime = undo.adopt(
    openRuntimeDirectory({
      path: places.runtimeDirectory,
      userId: process.geteuid?.() ?? -1,
      binding,
    }),
    (directory) => directory.release(),
  );
  const settings = openSettings(join(places.dataDirectory, "settings.json"));
  const accounts = undo.adopt(
    createAccounts({
      directory: join(places.dataDirectory, "accounts"),
      now: () => clock.wallMs(),
      ...(options.passwords ? { passwords: options.passwords } : {}),
    }),
    (opened) => opened.close(),
  );
  const logs = undo.adopt(
    createAccountLogs(
      join(places.dataDirectory, "activity"),
      (file, accountId, publicKey) =>
        createActivityLog({ file, accountId, publicKey }),
    ),
    (opened) => opened.close(),
  );
  const brokerLog = undo.adopt(
    createBrokerLog({ file: join(places.dataDirectory, "activity.db") }),
    (opened) => opened.close(),
  );
  const resources = undo.move();
  return {
    runtime,
    settings,
    accounts,
    brokerLog,
    logOf(accountId) {
      const account = accounts.find(accountId);
      return account === undefined || account.problem !== undefined
        ? undefined
        : logs.of(account.id, account.publicLogKey);
    },
    removeLog(accountId) {
      try {
        logs.remove(accountId);
      } catch {
        log.warn("activity-not-removed", { account: accountId });
      }
    },
    prune(beforeMs) {
      try {
        logs.prune(beforeMs);
        brokerLog.prune(beforeMs);
      } catch {
        log.warn("activity-not-pruned");
      }
    },
    [Symbol.dispose]: () => resources.dispose(),
  };
}
