// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Replace a file as a whole: after a crash it holds the old bytes or the new
 * ones, never part of them. 0600. Throws what the system says; the old file
 * then stands.
 */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const next = `${path}.new`;
  // A leftover of a crash, or a link somebody laid there: never followed.
  rmSync(next, { force: true });
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(next, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  const directory = openSync(dirname(path), constants.O_RDONLY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
