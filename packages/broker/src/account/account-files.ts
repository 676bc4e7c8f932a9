// SPDX-License-Identifier: Apache-2.0
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isId } from "../crypto/id.ts";
import type { Random } from "../crypto/random.ts";
import {
  type AccountDraft,
  createNativeAccount,
} from "../vault/native-account.ts";
import { isFileBusy } from "../vault/native-file.ts";
import { ensureOwnDirectory, syncDirectory } from "../vault/native-path.ts";
import { toFileRefusal } from "../vault/native-refusal.ts";

/** The files of all accounts: `<id>.db` in a directory that only the user can open. */
export interface AccountFiles {
  /** Ids of the accounts that have a file. @throws FileRefusal */
  ids(): readonly string[];
  path(id: string): string;
  /** Make the file of a new account: it appears whole or not at all. @throws FileRefusal */
  create(draft: AccountDraft, random: Random): void;
  /** Remove the file of an account; it is closed. @throws FileRefusal when it is still there. */
  remove(id: string): void;
}

const extension = ".db";
const unfinished = ".new";
const removed = ".gone";
// The file itself last: as long as it is there, the others are swept with it.
const parts = ["-wal", "-journal", "-shm", ""];

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

  for (const name of names()) {
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
