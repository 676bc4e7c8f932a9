// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { corruptFile, FileRefusal, toFileRefusal } from "./native-refusal.ts";
import { applicationId, schemaVersion } from "./native-schema.ts";

/*
 * What is looked at before SQLite sees a file: who owns it, who else may read
 * it, and whether it is one of ours at all. SQLite would follow a link, and
 * could change a file of another program while recovering it (T37).
 */

/**
 * Make sure of a directory of the user's own that nobody else can look into;
 * makes it, and what leads to it, when it is not there.
 *
 * @throws FileRefusal
 */
export function ensureOwnDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stats = lstatSync(path);
    if (!stats.isDirectory()) {
      throw new FileRefusal(
        "unsafe",
        `${path} is not a directory; move it away`,
      );
    }
    refuseOthers(stats, path, "700");
  } catch (error) {
    throw toFileRefusal(error, path);
  }
}

/**
 * Refuse what is not an account file of this version that belongs to the user
 * alone. Reads the file's first bytes and changes nothing. Not to be called
 * while this process has the file open: closing it here would drop the lock.
 *
 * @throws FileRefusal
 */
export function checkAccountFile(path: string): void {
  try {
    for (const suffix of ["-wal", "-journal", "-shm", markSuffix]) {
      const stats = lstatSync(path + suffix, { throwIfNoEntry: false });
      if (stats !== undefined) refuseUnsafe(stats, path + suffix);
    }
    refuseUnsafe(lstatSync(path), path);
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      refuseUnsafe(stats, path);
      const header = Buffer.alloc(100);
      const length = readSync(descriptor, header, 0, header.length, 0);
      refuseForeign(header.subarray(0, length), path);
      const log = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
      if (!log?.size) refuseCut(header, stats.size, path);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw toFileRefusal(error, path);
  }
}

/** A backup is not larger than this: 1 GiB. */
const mostBackupBytes = 2 ** 30;

/**
 * Copy a closed account file, with the log beside it if there is one, to a file
 * that does not exist yet. Who may read or write the original does not matter,
 * as on a stick; links and what is no file are refused.
 *
 * @throws FileRefusal
 */
export function copyAccountFile(from: string, to: string): void {
  try {
    copyFile(from, to);
    if (lstatSync(`${from}-wal`, { throwIfNoEntry: false })?.size) {
      copyFile(`${from}-wal`, `${to}-wal`);
    }
    syncDirectory(dirname(to));
  } catch (error) {
    throw toFileRefusal(error, from);
  }
}

function copyFile(from: string, to: string): void {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const source = openSync(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = fstatSync(source);
    if (!fstatSync(source).isFile()) throw notRegular(from);
    if (size > mostBackupBytes) throw corruptFile(from);
    const target = openSync(to, "wx", 0o600);
    try {
      const block = Buffer.allocUnsafeSlow(1 << 16);
      for (;;) {
        const length = readSync(source, block, 0, block.length, null);
        if (length === 0) break;
        let offset = 0;
        while (offset < length) {
          offset += writeSync(target, block, offset, length - offset);
        }
      }
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** What the rollback mark of a file is called after it: see native-mark.ts. */
export const markSuffix = "-mark";

/** Make an empty file that only the user reads. @throws if there is one */
export function createOwnFile(path: string): void {
  closeSync(openSync(path, "wx", 0o600));
}

/** Make what was written to a file last. */
export function syncFile(path: string): void {
  const { O_RDWR, O_NOFOLLOW = 0 } = constants;
  const descriptor = openSync(path, O_RDWR | O_NOFOLLOW);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Make what was created, renamed or removed in a directory last. */
export function syncDirectory(path: string): void {
  // Windows has no such call.
  if (process.platform === "win32") return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refuseUnsafe(stats: Stats, path: string): void {
  if (!stats.isFile()) throw notRegular(path);
  if (stats.nlink > 1) {
    throw new FileRefusal(
      "unsafe",
      `${path} has a second name (a hard link), by which it could be changed; remove that, or put a copy in its place`,
    );
  }
  refuseOthers(stats, path, "600");
}

function notRegular(path: string): FileRefusal {
  return new FileRefusal(
    "unsafe",
    `${path} is not a regular file; move it away, links are not followed`,
  );
}

function refuseOthers(stats: Stats, path: string, mode: string): void {
  // Windows keeps others out by the profile's access list, not by mode bits.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw new FileRefusal(
      "unsafe",
      `${path} belongs to another user; move it away`,
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new FileRefusal(
      "unsafe",
      `${path} is open to other users; run: chmod ${mode} '${path}'`,
    );
  }
}

function refuseForeign(header: Buffer, path: string): void {
  const magic = header.subarray(0, 16).toString("latin1");
  if (header.length < 100 || magic !== "SQLite format 3\0") {
    throw corruptFile(path);
  }
  refuseVersion(header.readUInt32BE(68), header.readInt32BE(60), path);
}

// SQLite takes a file that was cut within its last page for whole.
function refuseCut(header: Buffer, size: number, path: string): void {
  const pageSize = header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  if (size < pages * (pageSize === 1 ? 65_536 : pageSize)) {
    throw corruptFile(path);
  }
}

/** Refuse another program's database, and one that a later version wrote. @throws FileRefusal */
export function refuseVersion(
  application: number,
  version: number,
  path: string,
): void {
  if (application !== applicationId) {
    throw new FileRefusal(
      "unsupported",
      `${path} is not an account of Assent; move it away`,
    );
  }
  if (version > schemaVersion) {
    throw new FileRefusal(
      "unsupported",
      `${path} was written by a newer version of Assent; install that version`,
    );
  }
  if (version < 1) throw corruptFile(path);
}
