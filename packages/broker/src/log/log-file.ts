// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  fstatSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from "node:fs";
import { closeQuietly, createDescriptorSink, type LineSink } from "./sink.ts";

/** A log in a file that only the user can read. */
export interface LogFile extends LineSink {
  /** Open it anew: somebody else moved it away. Goes on with the one it has when that fails. @throws LogFileError */
  reopen(): void;
  close(): void;
}

/** The file cannot be used; the message says what to do. */
export class LogFileError extends Error {
  override readonly name = "LogFileError";
}

/** Where, and how much. */
export interface LogFileOptions {
  readonly path: string;
  /** Bytes of one file; by default 10 MiB. */
  readonly maxBytes?: number;
  /** Files that are kept beside it, as PATH.1 (the newest) and so on; by default 4. */
  readonly kept?: number;
  readonly lostLine: (count: number) => string;
}

/**
 * Open or make the file, 0600. It never grows beyond its size: it is moved to
 * PATH.1, that to PATH.2, and the oldest goes. When it cannot be moved, lines
 * are lost rather than the disk filled.
 *
 * @throws LogFileError
 */
export function openLogFile(options: LogFileOptions): LogFile {
  const { path, maxBytes = 10 * 1024 * 1024, kept = 4, lostLine } = options;
  let { descriptor, size } = open(path);
  const sink = createDescriptorSink(
    () => descriptor,
    lostLine,
    (_, bytes) => {
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      const taken = writeSync(descriptor, bytes);
      size += taken;
      return taken;
    },
  );

  function replace(opened: { descriptor: number; size: number }): void {
    closeQuietly(descriptor);
    ({ descriptor, size } = opened);
  }

  function rotate(): void {
    rmSync(`${path}.${kept}`, { force: true });
    for (let number = kept - 1; number >= 1; number -= 1) {
      move(`${path}.${number}`, `${path}.${number + 1}`);
    }
    move(path, `${path}.1`);
    replace(open(path));
  }

  return {
    write: sink.write,
    reopen: () => replace(open(path)),
    close: () => closeQuietly(descriptor),
  };
}

function open(path: string): { descriptor: number; size: number } {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  let descriptor: number | undefined;
  try {
    // A link is told before it could be followed.
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined) refuseUnsafe(found, path);
    descriptor = openSync(path, flags, 0o600);
    const stats = fstatSync(descriptor);
    refuseUnsafe(stats, path);
    return { descriptor, size: stats.size };
  } catch (error) {
    if (descriptor !== undefined) closeQuietly(descriptor);
    if (error instanceof LogFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new LogFileError(
      `the log file ${path} cannot be opened (${code}): name one in a directory that is there and that you can write to`,
    );
  }
}

function refuseUnsafe(stats: Stats, path: string): void {
  if (!stats.isFile() || stats.nlink > 1) {
    throw new LogFileError(
      `the log file ${path} is a link or no regular file: name another`,
    );
  }
  if (stats.uid !== process.geteuid?.()) {
    throw new LogFileError(
      `the log file ${path} belongs to another user: name another`,
    );
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new LogFileError(
      `the log file ${path} is open to other users: run: chmod 600 '${path}'`,
    );
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
