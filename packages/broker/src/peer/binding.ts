// SPDX-License-Identifier: Apache-2.0

/** What the kernel froze about the other end when it connected. */
export interface PeerCredentials {
  /** 0: not visible in our PID namespace. */
  readonly pid: number;
  /** Effective user id. */
  readonly userId: number;
}

/** Device and inode of a file, comparable by ===. */
export type FileKey = string;

/**
 * The few system calls that Node does not offer. Descriptors are plain
 * numbers and belong to the caller. Whatever fails throws
 * `SystemCallError`.
 */
export interface PeerBinding {
  /** SO_PEERCRED of a connected Unix socket. */
  peerCredentials(socket: number): PeerCredentials;
  /** SO_PEERPIDFD: pins the process that connected, even after it exited. Kernel 6.5 and later. */
  peerPidfd(socket: number): number;
  /** pidfd_open: pins whoever has this process id now. */
  openPidfd(pid: number): number;
  /** Whether the process behind a pidfd has ended, reaped or not. */
  hasEnded(pidfd: number): boolean;
  /** {@link hasEnded} for many, in one poll(2). */
  haveEnded(pidfds: readonly number[]): readonly boolean[];
  /** Identity of the file that `name` in an open directory leads to; asks no file system daemon. */
  fileKey(directory: number, name: string): FileKey;
  /** Whether at least one of the first `length` bytes (at most 8) can be read. */
  answers(descriptor: number, length: number): boolean;
  /** Target of the link `name` in an open directory, at most 4 KiB of raw bytes. */
  readLink(directory: number, name: string): Uint8Array;
  /** flock LOCK_EX without waiting; false: somebody else holds it. Ends with the process. */
  tryLock(descriptor: number): boolean;
  /** Path at which a descriptor listens as a Unix stream socket; undefined: it is anything else. */
  listeningPath(descriptor: number): string | undefined;
  /** PR_SET_DUMPABLE 0: no ptrace, no core, no /proc memory for others of the same user. */
  forbidInspection(): void;
  /** PR_SET_NO_NEW_PRIVS: no program that is started from here gains rights, by setuid or otherwise. */
  forbidNewRights(): void;
  /** RLIMIT_CORE 0. */
  forbidCoreFiles(): void;
  /** CLOCK_BOOTTIME in whole milliseconds: since boot, suspended time included. */
  bootTimeMs(): number;
  /** Unit of the times in /proc. */
  readonly ticksPerSecond: number;
}
