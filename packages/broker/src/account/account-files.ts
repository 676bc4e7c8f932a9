// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createId, isId } from "../crypto/id.ts";
import type { Random } from "../crypto/random.ts";
import {
  type AccountDraft,
  createNativeAccount,
} from "../vault/native-account.ts";
import { isFileBusy } from "../vault/native-file.ts";
import {
  ensureOwnDirectory,
  markSuffix,
  syncDirectory,
} from "../vault/native-path.ts";
import { toFileRefusal } from "../vault/native-refusal.ts";

/** The files of all accounts: `<id>.db` in a directory that only the user can open. */
export interface AccountFiles {
  /** Ids of the accounts that have a file. @throws FileRefusal */
  ids(): readonly string[];
  path(id: string): string;
  /** Make the file of a new account: it appears whole or not at all. @throws FileRefusal */
  create(draft: AccountDraft, random: Random): void;
  /** A name for a file that becomes an account, or is swept. */
  staging(random: Random): { readonly path: string; discard(): void };
  /**
   * Put a closed, whole file in the place of an account, which is closed: the
   * old one or the new one stands there, whenever the broker is killed.
   *
   * @throws FileRefusal
   */
  install(staged: string, id: string): void;
  /** Remove the file of an account; it is closed. @throws FileRefusal when it is still there. */
  remove(id: string): void;
}

const extension = ".db";
const unfinished = ".new";
const removed = ".gone";
// The file itself last: as long as it is there, the others are swept with it.
const parts = ["-wal", "-journal", "-shm", markSuffix, ""];

/**
 * Open the directory, and sweep what a broker that was killed left half made
 * or half removed.
 *
 * @throws FileRefusal
 */
export function openAccountFiles(directory: string): AccountFiles {
  ensureOwnDirectory(directory);
  const path = (id: string) => join(directory, id + extension);
  // What cannot be removed now is swept at the next start.
  const discard = (file: string) => {
    for (const suffix of parts) {
      try {
        rmSync(file + suffix, { force: true });
      } catch {}
    }
  };

  function names(): string[] {
    try {
      return readdirSync(directory);
    } catch (error) {
      throw toFileRefusal(error, directory);
    }
  }

  for (const entry of names()) {
    const name = entry.replace(/-mark$/, "");
    const left = name.endsWith(removed) || name.endsWith(unfinished);
    const file = join(directory, name);
    // Another broker may be making this account right now.
    if (left && isId(name.split(".", 1)[0] ?? "") && !isFileBusy(file)) {
      discard(file);
    }
  }

  return {
    path,
    ids: () =>
      names()
        .filter((name) => name.endsWith(extension))
        .map((name) => name.slice(0, -extension.length))
        .filter(isId)
        .sort(),
    create(draft, random) {
      const file = path(draft.id) + unfinished;
      try {
        createNativeAccount(file, draft, random);
        renameSync(file, path(draft.id));
        syncDirectory(directory);
      } catch (error) {
        discard(file);
        discard(path(draft.id));
        throw toFileRefusal(error, path(draft.id));
      }
    },
    staging(random) {
      const file = join(directory, createId(random) + unfinished);
      return { path: file, discard: () => discard(file) };
    },
    install(staged, id) {
      const file = path(id);
      try {
        // A log of the old file would be taken for one of the new.
        for (const suffix of ["-wal", "-journal", "-shm"]) {
          rmSync(file + suffix, { force: true });
        }
        renameSync(staged, file);
        if (existsSync(staged + markSuffix)) {
          renameSync(staged + markSuffix, file + markSuffix);
        }
        syncDirectory(directory);
      } catch (error) {
        throw toFileRefusal(error, file);
      }
    },
    remove(id) {
      const file = path(id) + removed;
      try {
        renameSync(path(id), file);
      } catch (error) {
        throw toFileRefusal(error, path(id));
      }
      discard(path(id));
      discard(file);
      try {
        syncDirectory(directory);
      } catch {}
    },
  };
}
