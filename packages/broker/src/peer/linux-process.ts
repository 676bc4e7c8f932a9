// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from "node:fs";
import type { FileKey, PeerBinding } from "./binding.ts";
import type { PeerEnd } from "./peer.ts";
import { parseProcessStat } from "./proc-text.ts";
import { PeerEndedError } from "./process-capture.ts";
import { isGone } from "./system-error.ts";

/** Names a file without opening it; not in Node's constants. */
export const openPath = 0o10000000;

/** What runs in a process: the file, and the memory it was loaded into. */
export interface ProcessImage {
  /** Device and inode of the executable. */
  readonly file: FileKey;
  /** Keeps the inode from being used again; opened O_PATH, so that no file system daemon is asked. */
  readonly executable: number;
  /** A /proc file that the kernel binds to the memory image: it answers nothing after exec or exit. */
  readonly token: number;
  /** Bytes to ask the token for. */
  readonly tokenLength: number;
  /** /proc/PID/stat, open. */
  readonly stat: number;
  /** Where the stack of this image begins. */
  readonly stackStart: string;
  /** Path at capture, raw. */
  readonly path: Uint8Array;
}

/** What a capture found; the descriptors become the process's own. */
export interface ProcessFindings {
  readonly pid: number;
  readonly userId: number;
  /** Undefined when hidden. */
  readonly startTicks: number | undefined;
  /** pidfd of the process. */
  readonly pidfd: number;
  /** /proc/PID, open: bound to the process, not to the number. Undefined when hidden. */
  readonly directory: number | undefined;
  /** Undefined: the executable cannot be determined. */
  readonly image: ProcessImage | undefined;
  /** The pidfd was not given by the socket: the id could have been reused before. */
  readonly weak: boolean;
}

/**
 * A process that is pinned by descriptors.
 *
 * Why {@link verify} is exact: the directory and the token belong to one
 * process and one memory image for ever, so what they say is never about
 * another. exec gives the process a new image, and the token then answers
 * nothing. A process that keeps the old image alive in a sibling shows another
 * file, or, of the same file, another stack: the kernel places it anew at each
 * exec, unless the process was told to be placed alike each time. The pidfd is
 * asked last: alive at that moment, it was alive during all reads before.
 */
export class LinuxProcess {
  readonly findings: ProcessFindings;
  readonly #binding: PeerBinding;
  #end: PeerEnd | undefined;
  #closed = false;
  #users = 0;

  constructor(binding: PeerBinding, findings: ProcessFindings) {
    this.#binding = binding;
    this.findings = findings;
  }

  /** See `Peer.verify` (PRC-003, PRC-005, PRC-012). */
  verify(): PeerEnd | undefined {
    if (this.#closed) return this.#end ?? "exited";
    if (this.#end === undefined) {
      const image = this.#imageEnd();
      const exited = this.#binding.hasEnded(this.findings.pidfd);
      this.#end = exited ? "exited" : image;
    }
    return this.#end;
  }

  /** Told by another look at it: it has ended. */
  markEnded(end: PeerEnd): void {
    this.#end ??= end;
  }

  /** See `Peer.pinExecutable`. */
  pinExecutable(): Disposable | undefined {
    const { image } = this.findings;
    if (image === undefined || this.#closed) return undefined;
    // The same file once more, unopened: no file system daemon is asked.
    const held = openSync(`/proc/self/fd/${image.executable}`, openPath);
    let isHeld = true;
    return {
      [Symbol.dispose]() {
        if (isHeld) closeSync(held);
        isHeld = false;
      },
    };
  }

  /** Free the descriptors, once nobody reads through them. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#freeWhenUnused();
  }

  /**
   * Run something that reads through the descriptors: they stay open until it
   * is settled, so that no number is read that already means another file.
   * @throws PeerEndedError when they are free already.
   */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new PeerEndedError(this.#end ?? "exited");
    this.#users += 1;
    try {
      return await read();
    } finally {
      this.#users -= 1;
      this.#freeWhenUnused();
    }
  }

  #imageEnd(): PeerEnd | undefined {
    const { directory, image } = this.findings;
    if (image === undefined || directory === undefined) return undefined;
    try {
      const answers = this.#binding.answers(image.token, image.tokenLength);
      const stackStart = stackStartOf(image.stat);
      // Last: of a process that is exiting, it tells so.
      const file = this.#binding.fileKey(directory, "exe");
      const isSame =
        answers && stackStart === image.stackStart && file === image.file;
      return isSame ? undefined : "replaced";
    } catch (error) {
      // Exiting, before the pidfd tells.
      return isGone(error) ? "exited" : "replaced";
    }
  }

  #freeWhenUnused(): void {
    if (!this.#closed || this.#users > 0) return;
    const { pidfd, directory, image } = this.findings;
    // Never twice: close() happens once, and no reader begins after it.
    this.#users = Number.POSITIVE_INFINITY;
    for (const descriptor of [
      pidfd,
      directory,
      image?.executable,
      image?.token,
      image?.stat,
    ]) {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

const statText = Buffer.alloc(1024);

/** Where the stack begins, from an open /proc/PID/stat. @throws when the process is gone */
export function stackStartOf(stat: number): string {
  const length = readSync(stat, statText, 0, statText.length, 0);
  return parseProcessStat(statText.toString("latin1", 0, length)).stackStart;
}
