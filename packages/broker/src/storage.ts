// SPDX-License-Identifier: Apache-2.0
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Places } from "@assent/protocol";
import type { AccountNotice, Accounts } from "./account/accounts.ts";
import {
  type AccountsOptions,
  createAccounts,
} from "./account/native-accounts.ts";
import { createAccountLogs } from "./activity/account-logs.ts";
import type { ActivityLog } from "./activity/activity.ts";
import { createActivityLog } from "./activity/activity-log.ts";
import { createBrokerLog } from "./activity/broker-log.ts";
import type { ActivatedSocket } from "./channel/activation.ts";
import { MadePaths } from "./channel/made-paths.ts";
import {
  openRuntimeDirectory,
  type RuntimeDirectory,
} from "./channel/runtime-directory.ts";
import type { Log } from "./log/log.ts";
import type { PeerBinding } from "./peer/binding.ts";
import type { Clock } from "./session/clock.ts";
import { openSettings, type SettingsFile } from "./settings/settings.ts";
import { StartError } from "./start-error.ts";
import { ensureOwnDirectory } from "./vault/native-path.ts";

/** Where files are, and what opening them takes. */
export interface StorageOptions {
  readonly places: Places;
  readonly binding: PeerBinding;
  readonly clock: Clock;
  readonly passwords?: AccountsOptions["passwords"];
  readonly log: Log;
  /** The owner's socket, when the service manager made it. */
  readonly activated?: ActivatedSocket | undefined;
}

/** Told of an account what `AccountNotice` says. */
export type AccountsNotice = (accountId: string, notice: AccountNotice) => void;

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
  /** The broker has started: what was made for it stays. Else it goes with the rest. */
  keep(): void;
  /** What the user should know of an account; what came before is told first. */
  onNotice(listener: AccountsNotice): void;
  /** Drop entries of every log that are older. */
  prune(beforeMs: number): void;
}

/**
 * Open them. What is only looked at comes first: when it is not as it must be,
 * nothing has been made or changed. Rejects with one clear line, and leaves
 * nothing open.
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { places, binding, clock, log } = options;
  using undo = new DisposableStack();
  const made = undo.adopt(new MadePaths(), (paths) => paths.remove());
  const settings = openSettings(join(places.dataDirectory, "settings.json"));
  const runtime = undo.adopt(
    openRuntimeDirectory({
      path: places.runtimeDirectory,
      userId: process.geteuid?.() ?? -1,
      binding,
      made,
    }),
    (directory) => directory.release(),
  );
  // While the lock is held: nobody else has made anything of it.
  undo.defer(() => made.remove());
  if (options.activated === undefined) await runtime.clear(places.ownerSocket);
  if (settings.current.integrationEnabled) {
    await runtime.clear(places.brokerSocket);
  }
  makeDataDirectory(places.dataDirectory, made);
  const early: Parameters<AccountsNotice>[] = [];
  let noticed: AccountsNotice = (...notice) => early.push(notice);
  const accounts = undo.adopt(
    createAccounts({
      directory: join(places.dataDirectory, "accounts"),
      now: () => clock.wallMs(),
      onNotice: (accountId, notice) => noticed(accountId, notice),
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
  const logFile = join(places.dataDirectory, "activity.db");
  if (!existsSync(logFile)) {
    for (const suffix of ["", "-wal", "-shm"]) made.file(logFile + suffix);
  }
  const brokerLog = undo.adopt(createBrokerLog({ file: logFile }), (opened) =>
    opened.close(),
  );
  const logOf = (accountId: string) => {
    const account = accounts.find(accountId);
    return account === undefined || account.problem !== undefined
      ? undefined
      : logs.of(account.id, account.publicLogKey);
  };
  const resources = undo.move();
  return {
    keep: () => made.keep(),
    runtime,
    settings,
    accounts,
    brokerLog,
    logOf,
    removeLog(accountId) {
      try {
        logs.remove(accountId);
      } catch {
        log.warn("activity-not-removed", { account: accountId });
      }
    },
    onNotice(listener) {
      noticed = listener;
      for (const notice of early.splice(0)) listener(...notice);
    },
    prune(beforeMs) {
      // Each for itself: also of an account that nothing was done with.
      const all = [undefined, ...accounts.list().map(({ id }) => id)];
      for (const account of all) {
        try {
          (account === undefined ? brokerLog : logOf(account))?.prune(beforeMs);
        } catch {
          log.warn("activity-not-pruned", { account });
        }
      }
    },
    [Symbol.dispose]: () => resources.dispose(),
  };
}

/**
 * The user's own, which others may look into but not change: every file in it
 * is closed to them. It may be a link to another disk; what is in it may not.
 */
function makeDataDirectory(path: string, made: MadePaths): void {
  makeWay(path, made);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) throw notADirectory(path);
  if (stats.uid !== process.geteuid?.()) {
    throw new StartError(
      "configuration",
      `${path} belongs to another user: use a directory of your own`,
    );
  }
  if ((stats.mode & 0o022) !== 0) {
    throw new StartError(
      "configuration",
      `${path} can be changed by other users: run: chmod go-w '${path}'`,
    );
  }
  for (const name of ["accounts", "activity"]) {
    const inside = join(path, name);
    if (!made.directory(inside).isDirectory()) throw notADirectory(inside);
    ensureOwnDirectory(inside);
  }
}

function makeWay(path: string, made: MadePaths): void {
  if (path !== dirname(path)) makeWay(dirname(path), made);
  made.directory(path);
}

function notADirectory(path: string): StartError {
  return new StartError(
    "configuration",
    `${path} is not a directory: move it away`,
  );
}
