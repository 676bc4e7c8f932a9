// SPDX-License-Identifier: Apache-2.0
import { ActivityError } from "./activity.ts";

/** A row of the file that this broker cannot have written. */
export class CorruptRow extends Error {
  override readonly name = "CorruptRow";
}

/** The error of a log that was changed, and what to do about it. */
export function damaged(path: string, what: string): ActivityError {
  return new ActivityError(
    "corrupt",
    `${path}: ${what}; move it away, and a new log begins`,
  );
}

// Result codes of SQLite (sqlite.org/rescode.html).
const busyCodes: readonly unknown[] = [5, 6];
// 1: a statement of ours does not fit the tables, which are not ours any more.
const corruptCodes: readonly unknown[] = [1, 11, 26];
const causes: Readonly<Record<number, string>> = {
  8: "cannot be written to: see to its mode, and to the disk",
  10: "cannot be written or read: see to the disk, and to its room",
  13: "cannot be written: there is no room on the disk, so make some",
};

/** What the file system or SQLite said, as one of our own errors. The only place that knows either. */
export function toActivityError(error: unknown, path: string): ActivityError {
  if (error instanceof ActivityError) return error;
  if (error instanceof CorruptRow) return damaged(path, "it was changed");
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  const primary = typeof errcode === "number" ? errcode & 0xff : undefined;
  if (busyCodes.includes(primary)) {
    return new ActivityError(
      "busy",
      `${path} is open in another process; end that one first`,
    );
  }
  if (corruptCodes.includes(primary)) return damaged(path, "it is damaged");
  const what = primary === undefined ? undefined : causes[primary];
  if (what !== undefined)
    return new ActivityError("storage", `${path} ${what}`);
  const reason = primary === undefined ? code : `SQLite ${errcode}`;
  return new ActivityError(
    "storage",
    `${path} cannot be used (${String(reason ?? "unknown")}); see to the disk`,
  );
}
