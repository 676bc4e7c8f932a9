// SPDX-License-Identifier: Apache-2.0
import { parseEnv } from "node:util";
import { parseSecretReference, ReferenceSyntaxError } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { usageError } from "../exit.ts";
import { decodeInput, readInputFile, unusable } from "../input-file.ts";

/** What a command gets, before anybody was asked for secrets. */
export interface TemplateEnvironment {
  /** As it is. */
  readonly plain: ReadonlyMap<string, string>;
  /** Names whose value is to be that of a reference. */
  readonly references: ReadonlyMap<string, string>;
}

/** Where the environment of a command comes from; what comes later wins. */
export interface EnvironmentSources {
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly files: readonly string[];
  /** NAME=REFERENCE. */
  readonly assignments: readonly string[];
}

/**
 * A variable whose whole value is a secret reference stands for that secret;
 * everything else is passed on as it is.
 *
 * @throws CommandError for a file that cannot be read, and a reference that is none
 */
export function readEnvironment(
  sources: EnvironmentSources,
): TemplateEnvironment {
  const all = new Map<string, { value: string; from: string }>();
  const layer = (
    values: Readonly<Record<string, string | undefined>>,
    from: string,
  ) => {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) all.set(name, { value, from });
    }
  };
  layer(sources.inherited, "your environment");
  for (const file of sources.files) layer(readEnvFile(file), makeSafe(file));
  for (const text of sources.assignments) layer(assignment(text), "--env");
  const plain = new Map<string, string>();
  const references = new Map<string, string>();
  for (const [name, { value, from }] of all) {
    if (!/^(assent|op):\/\//.test(value)) {
      plain.set(name, value);
      continue;
    }
    checkReference(value, `${makeSafe(name)} (from ${from})`);
    references.set(name, value);
  }
  return { plain, references };
}

/** Bytes that an environment file may have. */
const longestFile = 1024 * 1024;

function readEnvFile(path: string): Record<string, string | undefined> {
  const text = decodeInput(path, readInputFile(path, longestFile));
  if (text.includes("\0")) throw unusable(path, "it is not text");
  return parseEnv(text) as Record<string, string | undefined>;
}

// A value would be seen by everybody, so there are only references.
function assignment(text: string): Record<string, string> {
  const sign = text.indexOf("=");
  if (sign < 1) throw usageError("--env is NAME=REFERENCE.");
  const [name, value] = [text.slice(0, sign), text.slice(sign + 1)];
  checkReference(value, `The value of ${makeSafe(name)} (from --env)`);
  return { [name]: value };
}

// Without its text, which may be a secret in the wrong place.
function checkReference(text: string, what: string): void {
  try {
    parseSecretReference(text);
  } catch (error) {
    if (!(error instanceof ReferenceSyntaxError)) throw error;
    throw usageError(`${what} is no secret reference: ${error.message}.`);
  }
}
