// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from "node:fs";

/** What a start made, so that one that fails leaves nothing behind. */
export class MadePaths {
  readonly #undo: (() => void)[] = [];

  /** Make a directory for the user alone, unless something is there; what is there, not followed. */
  directory(path: string): Stats {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there !== undefined) return there;
    mkdirSync(path, { mode: 0o700 });
    this.#undo.push(() => rmdirSync(path));
    // A narrow umask would lock us out.
    chmodSync(path, 0o700);
    return lstatSync(path);
  }

  /** A file was made. */
  file(path: string): void {
    this.#undo.push(() => unlinkSync(path));
  }

  /** The start succeeded: what was made stays. */
  keep(): void {
    this.#undo.length = 0;
  }

  /** Remove it, last first. What others have put something into stays. */
  remove(): void {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch {}
    }
  }
}
