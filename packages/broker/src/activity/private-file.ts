// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  type Stats,
} from "node:fs";
import { ActivityError } from "./activity.ts";

/**
 * Make sure of a file that is the user's own and that nobody else can read,
 * before SQLite sees it: makes an empty one, 0600, where there is none. Not to
 * be called while this process has the file open: closing it here would drop
 * SQLite's lock.
 *
 * @throws ActivityError "unsafe", or what the system says
 */
export function ensurePrivateFile(path: string): void {
  for (const suffix of ["-wal", "-shm", "-journal"]) {
    const stats = lstatSync(path + suffix, { throwIfNoEntry: false });
    if (stats !== undefined) refuseUnsafe(stats, path + suffix);
  }
  // A link is told before it could be followed, or something made at its end.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) refuseUnsafe(found, path);
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const descriptor = openSync(path, flags, 0o600);
  try {
    refuseUnsafe(fstatSync(descriptor), path);
  } finally {
    closeSync(descriptor);
  }
}

function refuseUnsafe(stats: Stats, path: string): void {
  if (!stats.isFile() || stats.nlink > 1) {
    throw new ActivityError(
      "unsafe",
      `${path} is a link or no regular file; move it away`,
    );
  }
  // Windows keeps others out by the profile's access list, not by mode bits.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw new ActivityError(
      "unsafe",
      `${path} belongs to another user; move it away`,
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new ActivityError(
      "unsafe",
      `${path} is open to other users; run: chmod 600 '${path}'`,
    );
  }
}
