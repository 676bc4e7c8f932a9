// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/** Where lines of the log go. */
export interface LineSink {
  /** One line with its end. Never throws; what cannot be taken is lost, and counted. */
  write(line: string): void;
}

/** Writes bytes, as `writeSync` of node:fs does. */
export type WriteBytes = (descriptor: number, bytes: Uint8Array) => number;

/**
 * Lines to a descriptor that is not closed here. Whoever reads may be gone
 * (EPIPE), stand still (EAGAIN) or have no room (ENOSPC): the broker goes on,
 * and how many lines were lost is told with the next one that is taken.
 */
export function createDescriptorSink(
  descriptor: () => number,
  lostLine: (count: number) => string,
  write: WriteBytes = writeSync,
): LineSink {
  let rest: Uint8Array = new Uint8Array();
  let lost = 0;
  /** False when not all of it was taken; what has begun is finished first. */
  const push = (bytes: Uint8Array): boolean => {
    let at = 0;
    try {
      while (at < bytes.length) {
        at += write(descriptor(), bytes.subarray(at));
      }
      return true;
    } catch {
      if (at > 0) rest = bytes.slice(at);
      return at > 0;
    }
  };
  return {
    write(line) {
      const begun = rest;
      rest = new Uint8Array();
      if (begun.length > 0 && !push(begun)) rest = begun;
      if (rest.length === 0 && lost > 0 && push(Buffer.from(lostLine(lost)))) {
        lost = 0;
      }
      if (rest.length > 0 || lost > 0 || !push(Buffer.from(line))) lost += 1;
    },
  };
}

/**
 * A descriptor for stderr on which a write never waits. Pipes and terminals
 * are opened anew, since "do not wait" would else hold for everybody who
 * shares them, such as the shell. For a socket, as of the journal, Node has
 * set it on ours when `process.stderr` was made.
 */
export function stderrWithoutWaiting(): number {
  const stderr = process.stderr.fd;
  try {
    const stats = fstatSync(stderr);
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return stderr;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return stderr;
  }
}

/** Close a descriptor of ours; it may be gone. */
export function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {}
}
