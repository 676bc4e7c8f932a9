// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { dirname, join, normalize, resolve } from "node:path";
import type { PeerBinding } from "../peer/binding.ts";
import { ChannelError } from "./channel-error.ts";

/** The directory of the endpoints, checked and held by this process alone. */
export interface RuntimeDirectory {
  /** Absolute. */
  readonly path: string;
  /** Whose it is. */
  readonly userId: number;
  /**
   * Make way for a socket: remove what a dead broker left there (CHN-004).
   * @throws ChannelError `endpoint-occupied` when it is anything else, a
   * socket that somebody listens on too.
   */
  clear(socketPath: string): Promise<void>;
  /** Let another broker have it. The lock file stays: it is the lock, not a sign. */
  release(): void;
}

/** Where, for whom, and how to lock. */
export interface RuntimeDirectoryOptions {
  readonly path: string;
  readonly userId: number;
  readonly binding: Pick<PeerBinding, "tryLock">;
}

const lockName = "lock";
const mostLinks = 40;

/**
 * Makes the directory, or checks one that is there, and takes its lock, which
 * the kernel ends with this process (CHN-002, CHN-003, T13, T38). What is
 * found wrong is told, never mended: somebody may have had their hands in it.
 *
 * @throws ChannelError
 */
export function openRuntimeDirectory(
  options: RuntimeDirectoryOptions,
): RuntimeDirectory {
  const { userId, binding } = options;
  const path = normalize(options.path);
  checkWay(dirname(path), userId, 0);
  const stats = lstatOrMake(path);
  if (!stats.isDirectory()) throw unsafe(path, "is not a directory");
  if (stats.uid !== userId) throw unsafe(path, "belongs to another user");
  if ((stats.mode & 0o077) !== 0) {
    throw unsafe(path, "is open to others: its mode must be 0700");
  }
  const lock = takeLock(join(path, lockName), userId, binding);
  let held = true;
  return {
    path,
    userId,
    clear: (socketPath) => clearStale(socketPath, userId),
    release() {
      if (held) closeSync(lock);
      held = false;
    },
  };
}

/** Whoever can write to a directory on the way could put another in place of ours. */
function checkWay(path: string, userId: number, links: number): void {
  if (path !== "/") checkWay(dirname(path), userId, links);
  const stats = lstatOrMake(path);
  if (stats.uid !== 0 && stats.uid !== userId) {
    throw unsafe(path, "belongs to another user");
  }
  if (stats.isSymbolicLink()) {
    if (links === mostLinks) throw unsafe(path, "is a circle of links");
    checkWay(resolve(dirname(path), readlinkSync(path)), userId, links + 1);
    return;
  }
  if (!stats.isDirectory()) throw unsafe(path, "is not a directory");
  // With the sticky bit others may add, but neither rename nor remove what is ours.
  const sticky = (stats.mode & 0o1000) !== 0;
  const others = (stats.mode & 0o002) !== 0;
  // A user's private group bears the user's number; root's group is trusted as root is.
  const group =
    (stats.mode & 0o020) !== 0 && stats.gid !== 0 && stats.gid !== userId;
  if ((others || group) && !sticky) {
    throw unsafe(path, "can be changed by other users");
  }
}

function lstatOrMake(path: string): Stats {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined) return there;
  mkdirSync(path, { mode: 0o700 });
  // A narrow umask would lock us out.
  chmodSync(path, 0o700);
  return lstatSync(path);
}

function takeLock(
  path: string,
  userId: number,
  binding: Pick<PeerBinding, "tryLock">,
): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const lock = openLock(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(lock);
    if (!stats.isFile() || stats.uid !== userId || stats.nlink !== 1) {
      throw unsafe(path, "is not a lock file of ours");
    }
    if (!binding.tryLock(lock)) throw heldBy(readFileSync(lock, "latin1"));
    ftruncateSync(lock);
    writeSync(lock, `${process.pid}\n`, 0);
    return lock;
  } catch (error) {
    closeSync(lock);
    throw error;
  }
}

function openLock(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "EISDIR" || code === "EACCES") {
      throw unsafe(path, "is not a lock file of ours");
    }
    throw error;
  }
}

function heldBy(text: string): ChannelError {
  const pid = Number(/^(\d{1,10})\n$/.exec(text)?.[1] ?? Number.NaN);
  return new ChannelError(
    "broker-running",
    Number.isNaN(pid)
      ? "another broker is running"
      : `another broker is running: process ${pid}`,
    Number.isNaN(pid) ? undefined : pid,
  );
}

async function clearStale(path: string, userId: number): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket() || stats.uid !== userId) {
    throw occupied(path, "something that is not a socket of ours is there");
  }
  // Brokers respect the lock, which we hold; whoever listens is none of them.
  if (await isListenedOn(path)) throw occupied(path, "a program listens there");
  unlinkSync(path);
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

function unsafe(path: string, why: string): ChannelError {
  return new ChannelError("directory-unsafe", `${path} ${why}`);
}

function occupied(path: string, why: string): ChannelError {
  return new ChannelError("endpoint-occupied", `${path} is taken: ${why}`);
}
