// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "../run/selection.ts";

/** A program and its arguments. */
export type Words = readonly [string, ...string[]];

/** Something that is tried when no command is given. */
export interface Subject {
  readonly command: Words;
  /** Environment variable that makes a mutant of it. */
  readonly mutantVariable?: string;
  /** Mutants that cannot be made of it, each with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}

/** What `assent-conformance.json` in the working folder names. */
export interface Configuration {
  readonly broker?: Subject & {
    /** Starts what is released of it. */
    readonly release?: Words;
  };
  /** Drivers, by the name of their SDK. */
  readonly sdks?: Readonly<Record<string, Subject>>;
  /** This suite, as `selftest` breaks it. */
  readonly runner?: Subject;
}

/** The file that commands without a command read. */
export const configurationFile = "assent-conformance.json";

/** Reads it. @throws UsageError when it is not there or not of that form */
export function readConfiguration(
  file: string = configurationFile,
): Configuration {
  if (!existsSync(file)) {
    throw new UsageError(
      `no command: name it after --, or in ${configurationFile} in this folder`,
    );
  }
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  const { broker, sdks = {}, runner } = (found ?? {}) as Configuration;
  for (const [name, entry] of Object.entries({ ...sdks, broker, runner })) {
    if (entry !== undefined && !isWords(entry.command)) {
      throw new UsageError(
        `${file}: "${name}" needs "command", a list of words`,
      );
    }
  }
  return found as Configuration;
}

function isWords(command: unknown): command is Words {
  return (
    Array.isArray(command) &&
    command.length > 0 &&
    command.every((word) => typeof word === "string")
  );
}

/** A command in one text: words between spaces. */
export function wordsOf(text: string): Words {
  const [program, ...args] = text.split(" ").filter(Boolean);
  if (program === undefined) throw new UsageError("a command is empty");
  return [program, ...args];
}
