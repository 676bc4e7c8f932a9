// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import type { CallerStart } from "./caller-process.ts";

/** Where a copy of a program shall lie; any bytes but NUL, and "/" in the name. */
export interface Place {
  /** Absolute; made when missing. */
  readonly folder: string | Buffer;
  readonly name: string | Buffer;
}

/** A copy of the program there, unless one is there; its path, without symbolic links. */
export function placeCopy(program: string, { folder, name }: Place): Buffer {
  mkdirSync(folder, { recursive: true });
  const path = Buffer.concat([
    realpathSync.native(folder, "buffer"),
    Buffer.from("/"),
    Buffer.from(name),
  ]);
  if (!existsSync(path)) copyFileSync(program, path);
  return path;
}

/**
 * How the C caller is started at a path of any bytes. A path that is no text
 * cannot be spawned from here: the caller starts where it is and becomes it.
 */
export function startAt(
  nativeCaller: string,
  path: Buffer,
): Pick<CallerStart, "command" | "becomes"> {
  const text = path.toString();
  return Buffer.from(text).equals(path)
    ? { command: [text] }
    : { command: [nativeCaller], becomes: path };
}

/** A folder below this one such that `folder/name` has so many bytes. */
export function deepFolder(
  below: string,
  name: string,
  pathBytes: number,
): string {
  let left = pathBytes - Buffer.byteLength(`${below}/${name}`);
  let folder = below;
  while (left > 0) {
    // A component has at most 255 bytes, and at least one after its slash.
    const bytes = left <= 256 ? left : Math.min(256, left - 2);
    folder += `/${"d".repeat(bytes - 1)}`;
    left -= bytes;
  }
  return folder;
}
