// SPDX-License-Identifier: Apache-2.0
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { resolve } from "node:path";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes } from "../exit.ts";

/** Where a command is looked for. */
export interface CommandPlace {
  /** PATH; undefined: the system's own. */
  readonly searchPath: string | undefined;
  readonly folder: string;
}

/** A command that was opened before anybody was asked about it (decisions 13). */
export interface OpenedCommand extends Disposable {
  /** Absolute, as it was found. */
  readonly path: string;
  /** Absolute, without links: of the file that is open. */
  readonly realPath: string;
  /**
   * What to give to exec, now. A binary is executed through what is open, so
   * nothing can come between. An interpreter is given the path of its script,
   * which is made sure of: it is the file that is open, and was not touched.
   *
   * @throws CommandError when it is not what was opened any more
   */
  executable(): string;
}

// Of Linux: names the file and cannot read it, so a command that only may be
// executed can be opened too.
const pathOnly = 0o10000000;
const systemPath = "/usr/local/bin:/usr/bin:/bin";

/**
 * Find a command as a shell does, and open it.
 *
 * @throws CommandError (126, 127)
 */
export function openCommand(name: string, place: CommandPlace): OpenedCommand {
  const path = find(name, place);
  let descriptor: number;
  try {
    descriptor = openSync(path, pathOnly);
  } catch {
    throw notStarted(name, "it cannot be opened");
  }
  try {
    // Through /proc: of what is open, whatever is at the path by now.
    const open = `/proc/self/fd/${descriptor}`;
    const before = fstatSync(descriptor, { bigint: true });
    if (!before.isFile()) throw notStarted(name, "it is no file");
    const isBinary = readHead(open) !== "#!";
    return {
      path,
      realPath: readlinkSync(open),
      executable() {
        const changed = () => {
          throw notStarted(name, "it was changed since you were asked");
        };
        if (!isSame(before, fstatSync(descriptor, { bigint: true }))) changed();
        if (isBinary) return open;
        const now = statSync(path, { bigint: true, throwIfNoEntry: false });
        if (now === undefined || !isSame(before, now)) changed();
        return path;
      },
      [Symbol.dispose]: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function find(name: string, { searchPath, folder }: CommandPlace): string {
  if (name.includes("/")) {
    const path = resolve(folder, name);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      throw notFound(name);
    }
    if (!isExecutable(path)) throw notStarted(name, "it is not executable");
    return path;
  }
  let isPresent = false;
  for (const each of (searchPath ?? systemPath).split(":")) {
    const path = resolve(folder, each, name);
    if (name !== "" && isExecutable(path)) return path;
    isPresent ||= isFile(path);
  }
  throw isPresent ? notStarted(name, "it is not executable") : notFound(name);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

// What may be executed and not read is a binary: no interpreter could read it.
function readHead(path: string): string {
  const head = Buffer.alloc(2);
  try {
    const descriptor = openSync(path, "r");
    try {
      readSync(descriptor, head);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
  return head.toString("latin1");
}

function isSame(before: BigIntStats, now: BigIntStats): boolean {
  return (["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const).every(
    (fact) => before[fact] === now[fact],
  );
}

function notFound(name: string): CommandError {
  return new CommandError(
    exitCodes.commandNotFound,
    `There is no command ${makeSafe(name)}.`,
  );
}

/** The command is there and was not started. */
export function notStarted(name: string, why: string): CommandError {
  return new CommandError(
    exitCodes.commandNotStarted,
    `${makeSafe(name)} is not started: ${why}.`,
  );
}
