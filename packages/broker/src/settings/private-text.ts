// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
} from "node:fs";

/** Why a file is not read: what is wrong with it, and what to do. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/**
 * The text of a small file that the user alone can change; undefined when
 * there is none. Nothing is followed or waited for: a link, a pipe, a file of
 * somebody else is refused before it is read.
 *
 * @throws UnreadableFile
 */
export function readPrivateText(
  path: string,
  mostBytes: number,
): string | undefined {
  let file: number | undefined;
  try {
    // Opening what is no file can have an effect; so it is looked at first.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
    if (!lstatSync(path).isFile()) throw notAFile();
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw notAFile();
    if (stats.uid !== process.geteuid?.()) {
      throw new UnreadableFile("belongs to another user: move it away");
    }
    if ((stats.mode & 0o022) !== 0) {
      throw new UnreadableFile(
        `can be changed by other users: look through it, then run: chmod 600 '${path}'`,
      );
    }
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    if (length > mostBytes) {
      throw new UnreadableFile("is far too long: mend the file, or remove it");
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(0, length),
    );
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    if (error instanceof TypeError) {
      throw new UnreadableFile("is not text: mend the file, or remove it");
    }
    const { code } = error as NodeJS.ErrnoException;
    // No directory on the way: that is for those to tell who need one.
    if (code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw new UnreadableFile(`cannot be read (${code ?? "unknown cause"})`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function notAFile(): UnreadableFile {
  return new UnreadableFile("is no regular file: move it away");
}
