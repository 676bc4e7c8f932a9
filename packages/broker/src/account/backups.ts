// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isId } from "../crypto/id.ts";
import { ensureOwnDirectory, syncDirectory } from "../vault/native-path.ts";
import { toFileRefusal } from "../vault/native-refusal.ts";

/** A copy of an account that the broker made. */
export interface Backup {
  /** Names it to `restore`; it begins with the account's id. */
  readonly name: string;
  /** When it was made, milliseconds. */
  readonly atMs: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * Our own backups, in a directory of their own: `<id>-<time>.db`, each whole.
 * Three of an account are kept, the older ones a day or more apart, so that
 * many changes on one day do not push out what was before them.
 */
export interface Backups {
  /** Newest first. */
  list(accountId: string): readonly Backup[];
  /** Where the backup of this name lies; undefined: there is none. */
  find(name: string): string | undefined;
  /** Make one by `copy`, which makes the file that it is told. @throws FileRefusal */
  make(accountId: string, copy: (path: string) => void): void;
  /**
   * Write down that all backups are void once the account has this key epoch:
   * a broker that is killed meanwhile leaves it to the next one (T55).
   *
   * @throws FileRefusal
   */
  announceRotation(accountId: string, keyEpoch: number): void;
  /**
   * Delete what a rotation made void, if there was one. Whether nothing that is
   * void is left.
   */
  settleRotation(accountId: string, keyEpoch: number): boolean;
  /** Delete all of an account. */
  remove(accountId: string): void;
}

const extension = ".db";
const unfinished = ".new";
const rotation = ".rotation";
const log = "-wal";
const most = 3;
const dayMs = 24 * 3_600_000;

/** Backups in a directory that is made with the first of them. `now`: the wall clock. */
export function createBackups(directory: string, now: () => number): Backups {
  const inside = (name: string) => join(directory, name);

  function names(): string[] {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  }

  function list(accountId: string): Backup[] {
    return names()
      .flatMap((file) => {
        const name = file.slice(0, -extension.length);
        const atMs = timeOf(name, accountId);
        if (atMs === undefined || !file.endsWith(extension)) return [];
        const stats = lstatSync(inside(file), { throwIfNoEntry: false });
        return stats?.isFile() ? [{ name, atMs, size: stats.size }] : [];
      })
      .sort((a, b) => b.atMs - a.atMs);
  }

  function freeTime(accountId: string): number {
    const taken = list(accountId).map(({ atMs }) => atMs);
    let atMs = Math.trunc(now());
    while (taken.includes(atMs)) atMs += 1;
    return atMs;
  }

  function thin(accountId: string): void {
    let kept = list(accountId);
    while (kept.length > most) {
      // All but the newest are to be a day apart; else the oldest goes.
      const tooClose = kept.find(({ atMs }, index) => {
        const older = kept[index + 1];
        return index > 0 && older !== undefined && atMs - older.atMs < dayMs;
      });
      const goes = tooClose ?? kept.at(-1);
      if (goes === undefined) return;
      rmSync(inside(goes.name + extension), { force: true });
      rmSync(inside(goes.name + extension + log), { force: true });
      kept = kept.filter((one) => one !== goes);
    }
  }

  // Whether none is left.
  function discardAll(accountId: string): boolean {
    let isGone = true;
    for (const file of names()) {
      if (!file.startsWith(`${accountId}-`)) continue;
      try {
        rmSync(inside(file), { force: true });
      } catch {
        isGone = false;
      }
    }
    return isGone;
  }

  function announced(accountId: string): number | undefined {
    try {
      return Number(readFileSync(inside(accountId + rotation), "latin1"));
    } catch {
      return undefined;
    }
  }

  return {
    list,
    find(name) {
      const [accountId = ""] = name.split("-", 1);
      if (!isId(accountId) || timeOf(name, accountId) === undefined) {
        return undefined;
      }
      const path = inside(name + extension);
      return lstatSync(path, { throwIfNoEntry: false }) && path;
    },
    make(accountId, copy) {
      ensureOwnDirectory(directory);
      const path = inside(nameOf(accountId, freeTime(accountId)) + extension);
      try {
        rmSync(path + unfinished, { force: true });
        copy(path + unfinished);
        // Of a file that cannot be used, its log as well.
        if (existsSync(path + unfinished + log)) {
          renameSync(path + unfinished + log, path + log);
        }
        renameSync(path + unfinished, path);
        syncDirectory(directory);
        for (const file of names()) {
          const isLeft =
            file.startsWith(`${accountId}-`) && file.includes(unfinished);
          if (isLeft) rmSync(inside(file), { force: true });
        }
        thin(accountId);
      } catch (error) {
        throw toFileRefusal(error, path);
      }
    },
    announceRotation(accountId, keyEpoch) {
      ensureOwnDirectory(directory);
      const path = inside(accountId + rotation);
      try {
        rmSync(path, { force: true });
        const descriptor = openSync(path, "wx", 0o600);
        try {
          writeFileSync(descriptor, String(keyEpoch));
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
        syncDirectory(dirname(path));
      } catch (error) {
        throw toFileRefusal(error, path);
      }
    },
    settleRotation(accountId, keyEpoch) {
      const from = announced(accountId);
      if (from === undefined) return true;
      if (keyEpoch >= from && !discardAll(accountId)) return false;
      try {
        syncDirectory(directory);
        rmSync(inside(accountId + rotation), { force: true });
      } catch {
        return false;
      }
      return true;
    },
    remove(accountId) {
      discardAll(accountId);
      rmSync(inside(accountId + rotation), { force: true });
    },
  };
}

/** `<id>-20261122T104621123Z` */
function nameOf(accountId: string, atMs: number): string {
  const time = new Date(atMs).toISOString().replace(/[-:.]/g, "");
  return `${accountId}-${time}`;
}

function timeOf(name: string, accountId: string): number | undefined {
  if (!name.startsWith(`${accountId}-`)) return undefined;
  const parts =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(
      name.slice(accountId.length + 1),
    ) ?? [];
  const [, year, month, day, hour, minute, second, ms] = parts;
  const time = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`,
  );
  return Number.isNaN(time) ? undefined : time;
}
