// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { dirname, join, normalize, resolve } from "node:path";
import type { PeerBinding } from "../peer/binding.ts";
import { ChannelError } from "./channel-error.ts";
import { MadePaths } from "./made-paths.ts";

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
  /** Told what is made; without it everything stays. */
  readonly made?: MadePaths;
}

const lockName = "lock";
const mostLinks = 40;
const notOurLock = "is not a lock file of ours: move it away";

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
  const { userId, binding, made = new MadePaths() } = options;
  const path = normalize(options.path);
  checkWay(dirname(path), userId, made, 0);
  const stats = made.directory(path);
  if (!stats.isDirectory()) {
    throw unsafe(path, "is not a directory: move it away");
  }
  if (stats.uid !== userId) {
    throw unsafe(path, "belongs to another user: move it away");
  }
  if ((stats.mode & 0o077) !== 0) {
    throw unsafe(path, `is open to others: run: chmod 700 '${path}'`);
  }
  const lock = takeLock(join(path, lockName), userId, binding, made);
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
function checkWay(
  path: string,
  userId: number,
  made: MadePaths,
  links: number,
): void {
  if (path !== "/") checkWay(dirname(path), userId, made, links);
  const stats = made.directory(path);
  if (stats.uid !== 0 && stats.uid !== userId) {
    throw unsafe(path, "belongs to another user: use a directory of your own");
  }
  if (stats.isSymbolicLink()) {
    if (links === mostLinks) {
      throw unsafe(path, "is a circle of links: move it away");
    }
    // Perhaps a disk that is not there now: nothing is made in its place.
    if (!existsSync(path)) {
      throw unsafe(path, "is a link that leads nowhere: mend or remove it");
    }
    const target = resolve(dirname(path), readlinkSync(path));
    checkWay(target, userId, made, links + 1);
    return;
  }
  if (!stats.isDirectory()) {
    throw unsafe(path, "is not a directory: move it away");
  }
  // With the sticky bit others may add, but neither rename nor remove what is ours.
  const sticky = (stats.mode & 0o1000) !== 0;
  const others = (stats.mode & 0o002) !== 0;
  // A user's private group bears the user's number; root's group is trusted as root is.
  const group =
    (stats.mode & 0o020) !== 0 && stats.gid !== 0 && stats.gid !== userId;
  if ((others || group) && !sticky) {
    throw unsafe(
      path,
      `can be changed by other users: run: chmod go-w '${path}'`,
    );
  }
}

function takeLock(
  path: string,
  userId: number,
  binding: Pick<PeerBinding, "tryLock">,
  made: MadePaths,
): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const isNew = lstatSync(path, { throwIfNoEntry: false }) === undefined;
  const lock = openLock(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(lock);
    if (!stats.isFile() || stats.uid !== userId || stats.nlink !== 1) {
      throw unsafe(path, notOurLock);
    }
    if (!binding.tryLock(lock)) throw heldBy(readFileSync(lock, "latin1"));
    // A start that failed may have removed it meanwhile: then it locks nothing.
    if (lstatSync(path, { throwIfNoEntry: false })?.ino !== stats.ino) {
      throw heldBy("");
    }
    if (isNew) made.file(path);
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
      throw unsafe(path, notOurLock);
    }
    throw error;
  }
}

function heldBy(text: string): ChannelError {
  const pid = Number(/^(\d{1,10})\n$/.exec(text)?.[1] ?? Number.NaN);
  return new ChannelError(
    "broker-running",
    Number.isNaN(pid)
      ? "another broker is running: use that one, or stop it first"
      : `another broker is running (process ${pid}): use that one, or stop it first`,
    Number.isNaN(pid) ? undefined : pid,
  );
}

async function clearStale(path: string, userId: number): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket() || stats.uid !== userId) {
    throw occupied(
      path,
      "something that is not a socket of ours is there",
      "move it away",
    );
  }
  // Brokers respect the lock, which we hold; whoever listens is none of them.
  if (await isListenedOn(path)) {
    throw occupied(path, "a program listens there", "find and stop it");
  }
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

function occupied(path: string, why: string, remedy: string): ChannelError {
  return new ChannelError(
    "endpoint-occupied",
    `${path} is taken: ${why}: ${remedy}`,
  );
}
