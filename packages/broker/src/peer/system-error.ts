// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";

/** A system call failed. Holds no path and no content. */
export class SystemCallError extends Error {
  override readonly name: string = "SystemCallError";
  readonly call: string;
  /** Number as in `os.constants.errno`. */
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`);
    this.call = call;
    this.errno = errno;
  }
}

/** The number of a failed system call, of ours or of Node's; 0: another kind of error. */
export function errnoOf(error: unknown): number {
  if (error instanceof SystemCallError) return error.errno;
  const { errno } = error as NodeJS.ErrnoException;
  return typeof errno === "number" ? -errno : 0;
}

/** No descriptors are left, here or in the whole system. */
export function isExhausted(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === constants.errno.EMFILE || errno === constants.errno.ENFILE;
}

/** What was asked for is not there: of a process, that it has no memory image any more. */
export function isGone(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === constants.errno.ENOENT || errno === constants.errno.ESRCH;
}
