// SPDX-License-Identifier: Apache-2.0
import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/** What the place of an executable says about it. */
export interface Location {
  /** What lies at the path now is not the file that runs, or nothing is there. */
  readonly replaced: boolean;
  /** Somebody else than the user and the system can replace or change it. */
  readonly writableByOthers: boolean;
}

const deletedSuffix = Buffer.from(" (deleted)");
const sharedDirectories = ["/tmp/", "/var/tmp/", "/dev/shm/"];

/** Path of an executable, as the kernel tells it, without what the kernel adds. */
export interface ExecutablePath {
  readonly path: Uint8Array;
  /** The file at {@link path}, when that is what runs. */
  readonly inPlace: boolean;
}

/**
 * Takes the " (deleted)" away that the kernel appends, and only then: a file
 * may bear such a name, so what lies at the path decides, not the text
 * (PRC-011, T6).
 *
 * @param running the file that runs
 * @param visible false: the path is of another root, and cannot be looked up here
 */
export async function locateExecutable(
  linkText: Uint8Array,
  running: BigIntStats,
  visible: boolean,
): Promise<ExecutablePath> {
  const inPlace = visible && (await isSameFile(linkText, running));
  if (inPlace || (!visible && running.nlink > 0n)) {
    return { path: linkText, inPlace };
  }
  const text = Buffer.from(linkText);
  const ends = text.subarray(-deletedSuffix.length).equals(deletedSuffix);
  const path = ends ? text.subarray(0, -deletedSuffix.length) : text;
  return { path: new Uint8Array(path), inPlace: false };
}

/**
 * Who could put another program there: each directory on the way and the file
 * itself must belong to the user or to root and be writable by nobody else.
 * A group counts as nobody else when it is root's or the user's private one,
 * which bears the user's own number.
 */
export async function isWritableByOthers(
  path: Uint8Array,
  running: BigIntStats,
  userId: number,
): Promise<boolean> {
  if (isOpenToOthers(running, userId)) return true;
  const text = Buffer.from(path);
  // One byte a character, both ways: a path need not be UTF-8.
  const latin = text.toString("latin1");
  if (sharedDirectories.some((shared) => latin.startsWith(shared))) return true;
  for (
    let end = latin.lastIndexOf("/");
    end >= 0;
    end = latin.lastIndexOf("/", end - 1)
  ) {
    const directory = end === 0 ? Buffer.from("/") : text.subarray(0, end);
    const stats = await stat(directory, { bigint: true }).catch(
      () => undefined,
    );
    if (stats !== undefined && isOpenToOthers(stats, userId)) return true;
    if (end === 0) break;
  }
  return false;
}

function isOpenToOthers(stats: BigIntStats, userId: number): boolean {
  const owner = Number(stats.uid);
  const group = Number(stats.gid);
  const mode = Number(stats.mode);
  if (owner !== 0 && owner !== userId) return true;
  if ((mode & 0o002) !== 0) return true;
  return (mode & 0o020) !== 0 && group !== 0 && group !== userId;
}

async function isSameFile(
  path: Uint8Array,
  file: BigIntStats,
): Promise<boolean> {
  const there = await stat(Buffer.from(path), { bigint: true }).catch(
    () => undefined,
  );
  return (
    there !== undefined && there.dev === file.dev && there.ino === file.ino
  );
}
