// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from "node:fs";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes } from "./exit.ts";

/**
 * The bytes of a file that a user names; also of a pipe, as in `<(…)`, so its
 * size is not known before.
 *
 * @throws CommandError, also when it has more than `most` bytes
 */
export function readInputFile(path: string, most: number): Uint8Array {
  const parts: Buffer[] = [];
  try {
    const descriptor = openSync(path, "r");
    try {
      for (let length = 0; length <= most; ) {
        const part = Buffer.allocUnsafe(Math.min(most + 1, 1024 * 1024));
        const got = readSync(descriptor, part);
        if (got === 0) return Buffer.concat(parts);
        parts.push(part.subarray(0, got));
        length += got;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw unusable(path, reasons[code] ?? (code === "" ? "it failed" : code));
  } finally {
    if (parts.length > 1) for (const part of parts) part.fill(0);
  }
  throw unusable(path, `it is larger than ${sizeText(most)}`);
}

/** A file that a user names cannot be used; `why` is safe to show. */
export function unusable(path: string, why: string): CommandError {
  return new CommandError(
    exitCodes.failed,
    `${makeSafe(path)} cannot be used: ${why}.`,
  );
}

/** A file's bytes as text. @throws CommandError when they are none */
export function decodeInput(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unusable(path, "it is not text");
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "you may not read it",
  EISDIR: "it is a folder",
};

function sizeText(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}
