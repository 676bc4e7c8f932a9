// SPDX-License-Identifier: Apache-2.0
import { StoreError } from "./store.ts";

/** Why the file of an account is not opened. Nothing in it was changed. */
export type FileFailure =
  | "busy"
  | "unsupported"
  | "unsafe"
  | "corrupt"
  | "storage";

/** A typed refusal of a file: one line that names it and says what to do. */
export class FileRefusal extends Error {
  override readonly name = "FileRefusal";
  readonly failure: FileFailure;
  constructor(failure: FileFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

// Primary result codes of SQLite.
const busyCodes = [5, 6];
const corruptCodes = [11, 26];

function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** What an error of SQLite or of the file system means for opening `path`. */
export function toFileRefusal(error: unknown, path: string): FileRefusal {
  if (error instanceof FileRefusal) return error;
  const code = primaryCode(error);
  if (code !== undefined && busyCodes.includes(code)) return busyFile(path);
  if (code !== undefined && corruptCodes.includes(code)) {
    return corruptFile(path);
  }
  return new FileRefusal(
    "storage",
    `cannot open ${path}: ${reason(error)}; check the disk and who may write there`,
  );
}

/** Another process, or another part of this one, has the file open. */
export function busyFile(path: string): FileRefusal {
  return new FileRefusal(
    "busy",
    `${path} is open in another broker; stop that one first`,
  );
}

/** Somebody put an older file in the place of the last one that was seen (T37). */
export function oldFile(path: string): StoreError {
  return new StoreError(
    "rolled-back",
    `${path} is older than it was when last open; put the newer one back, or accept this one with: assent account restore`,
  );
}

/** The file is damaged, or not what it should be. */
export function corruptFile(path: string): FileRefusal {
  return new FileRefusal(
    "corrupt",
    `${path} is damaged; put back a copy that is whole: see assent account backups`,
  );
}

/**
 * Run what reads or writes the database, with its errors made StoreErrors:
 * "corrupt" when the file is damaged, else "storage". Messages of SQLite name
 * tables and columns, never values.
 */
export function translated<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    const code = primaryCode(error);
    if (code === undefined) throw error;
    if (corruptCodes.includes(code)) {
      throw new StoreError("corrupt", "the account file is damaged");
    }
    throw new StoreError(
      "storage",
      `the account file could not be read or written: ${reason(error)}; nothing was changed`,
    );
  }
}

function reason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === "ERR_SQLITE_ERROR") return String(message);
  return typeof code === "string" ? code : "unknown cause";
}
