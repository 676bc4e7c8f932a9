// SPDX-License-Identifier: Apache-2.0

import { lstatSync } from "node:fs";
import { isFileBusy } from "../vault/native-file.ts";
import { createMark } from "../vault/native-mark.ts";
import { copyAccountFile } from "../vault/native-path.ts";
import { busyFile } from "../vault/native-refusal.ts";
import type { SlotDraft } from "../vault/native-slot.ts";
import { Account, type AccountFacts, translated } from "./account.ts";
import { openAccountFiles } from "./account-files.ts";
import { AccountError, type AccountInfo } from "./accounts.ts";
import { nameKeys, settleName } from "./name.ts";
import { StagedBackup } from "./staged-backup.ts";

/** Where a backup comes from. */
export type BackupSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "own"; readonly name: string }
  | { readonly kind: "present"; readonly accountId: string };

/** The accounts there are, by id and by name. */
export interface Roster {
  /** In order of name; also those that cannot be used. */
  list(): readonly AccountInfo[];
  /** By id first, then by exact name. */
  find(nameOrId: string): AccountInfo | undefined;
  /** Undefined: cannot be used, or there is none. */
  get(id: string): Account | undefined;
  /** @throws AccountError "not-found", or what the account's problem is. */
  usable(id: string): Account;
  /** Accounts that can be used. */
  all(): Iterable<Account>;
  /**
   * The name as it is kept, if it is free for `id`; undefined: for a new one.
   *
   * @throws AccountError "invalid-name" or "name-taken"
   */
  settleName(name: string, id?: string): string;
  /** Make an account by a settled name. @throws AccountError */
  add(id: string, name: string, slot: SlotDraft): Account;
  /** Remove a closed account for good; if that fails it is there again. @throws AccountError */
  remove(id: string): void;
  /**
   * Copy a backup: a file, one of our own by name, or what is in the place of
   * an account. @throws AccountError
   */
  stage(source: BackupSource): StagedBackup;
  /**
   * Put an opened backup in the place of its account. What was there is kept as
   * a backup. @throws AccountError; then nothing was changed
   */
  restore(staged: StagedBackup): Account;
  /** Close every file. */
  close(): void;
}

/**
 * Open all account files of a directory. One that cannot be used is listed
 * with its problem and does not stop the others.
 *
 * @throws AccountError when the directory cannot be used.
 */
export function openRoster(directory: string, facts: AccountFacts): Roster {
  const files = translated(() => openAccountFiles(directory));
  const accounts = new Map<string, Account>();
  const problems = new Map<string, AccountError>();

  function load(id: string): void {
    try {
      accounts.set(id, new Account(files.path(id), id, facts));
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      problems.set(id, error);
    }
  }

  function refuse(
    failure: "invalid-name" | "name-taken",
    advice: string,
    refused: readonly Account[],
  ): void {
    for (const account of refused) {
      const { id } = account;
      account.close();
      accounts.delete(id);
      const message = `${files.path(id)} has ${advice}`;
      problems.set(id, new AccountError(failure, message));
    }
  }

  // A file may have been planted (T41). Of two names that could be taken for
  // each other nobody can tell which is the user's: neither file is used. A
  // name that no account can have does not count against others.
  function refuseNames(): void {
    const all = () => [...accounts.values()];
    refuse(
      "invalid-name",
      "a name that no account may have; move it away",
      all().filter(({ name }) => !isSettled(name)),
    );
    refuse(
      "name-taken",
      "the name of another account, or one that looks like it; move the wrong one away",
      all().filter(({ name, id }) => isTaken(name, id)),
    );
  }

  function isTaken(name: string, exceptId?: string): boolean {
    const keys = nameKeys(name);
    return [...accounts.values()].some(
      (other) =>
        other.id !== exceptId &&
        nameKeys(other.name).some((key) => keys.includes(key)),
    );
  }

  function info(id: string): AccountInfo | undefined {
    const problem = problems.get(id);
    if (problem === undefined) return accounts.get(id)?.info();
    return brokenInfo(id, problem);
  }

  function usable(id: string): Account {
    const problem = problems.get(id);
    if (problem !== undefined) throw problem;
    const account = accounts.get(id);
    if (account !== undefined) return account;
    throw new AccountError("not-found", "There is no such account.");
  }

  function refuseTaken(name: string, id?: string): void {
    if (!isTaken(name, id)) return;
    throw new AccountError(
      "name-taken",
      "Another account has this name, or one that looks like it. Choose another.",
    );
  }

  function sourcePath(source: Exclude<BackupSource, { kind: "present" }>) {
    if (source.kind === "file") return source.path;
    const path = facts.backups.find(source.name);
    if (path !== undefined) return path;
    throw new AccountError(
      "not-found",
      "There is no such backup. See: assent account backups",
    );
  }

  // Also of a file that cannot be used: it may be all that is left of it.
  function keepReplaced(id: string, path: string): void {
    const account = accounts.get(id);
    if (account !== undefined) {
      facts.backups.make(id, (to) => account.copyTo(to));
      return;
    }
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
    if (isFileBusy(path)) throw busyFile(path);
    facts.backups.make(id, (to) => copyAccountFile(path, to));
  }

  for (const id of translated(() => files.ids())) load(id);
  refuseNames();

  return {
    list: () =>
      [...accounts.keys(), ...problems.keys()]
        .flatMap((id) => info(id) ?? [])
        .sort(
          (a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1),
        ),

    find(nameOrId) {
      const name = nameOrId.normalize("NFC");
      return (
        info(nameOrId) ??
        [...accounts.values()].find((account) => account.name === name)?.info()
      );
    },

    get: (id) => accounts.get(id),

    usable,

    all: () => accounts.values(),

    settleName(name, id) {
      const settled = settleName(name);
      refuseTaken(settled, id);
      return settled;
    },

    add(id, name, slot) {
      translated(() => files.create({ id, name, slot }, facts.random));
      const account = new Account(files.path(id), id, facts);
      accounts.set(id, account);
      return account;
    },

    remove(id) {
      accounts.delete(id);
      try {
        translated(() => files.remove(id));
      } catch (error) {
        load(id);
        throw error;
      }
      facts.backups.remove(id);
    },

    stage(source) {
      const { path, discard } = files.staging(facts.random);
      try {
        if (source.kind === "present") {
          usable(source.accountId).copyTo(path);
        } else {
          translated(() => copyAccountFile(sourcePath(source), path));
        }
      } catch (error) {
        discard();
        throw error;
      }
      return new StagedBackup(path, discard);
    },

    restore(staged) {
      const { accountId: id } = staged;
      if (settleName(staged.name) !== staged.name) throw damaged(id);
      refuseTaken(staged.name, id);
      const path = files.path(id);
      const epochs = [
        staged.keyEpoch,
        accounts.get(id)?.locked.row.keyEpoch ?? 0,
        createMark(path).keyEpoch,
      ];
      staged.lift(Math.max(...epochs), facts);
      translated(() => keepReplaced(id, path));
      accounts.get(id)?.close();
      accounts.delete(id);
      problems.delete(id);
      try {
        translated(() => files.install(staged.path, id));
      } finally {
        load(id);
        refuseNames();
      }
      return usable(id);
    },

    close() {
      for (const account of accounts.values()) account.close();
      accounts.clear();
      problems.clear();
    },
  };
}

function damaged(id: string): AccountError {
  return new AccountError(
    "corrupt",
    `the backup of ${id} is damaged; take another one`,
  );
}

function isSettled(name: string): boolean {
  try {
    return settleName(name) === name;
  } catch {
    return false;
  }
}

const collator = new Intl.Collator("en");

// The name in a file that is not trusted is not shown.
function brokenInfo(id: string, problem: AccountError): AccountInfo {
  return {
    id,
    name: id,
    locked: true,
    slots: [],
    publicLogKey: new Uint8Array(),
    problem: problem.failure,
    problemMessage: problem.message,
  };
}
