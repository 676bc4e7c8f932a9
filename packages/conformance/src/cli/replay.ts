// SPDX-License-Identifier: Apache-2.0
import type { Results } from "../report/results.ts";
import { UsageError } from "../run/selection.ts";
import { readResults } from "./derive.ts";

/** The words of the command line that run one case of earlier results again, as it was. */
export function replayArguments(which: string): readonly string[] {
  const at = which.indexOf("#");
  if (at < 0) throw new UsageError("which case? results.json#session/deny");
  const results = readResults(which.slice(0, at));
  const id = which.slice(at + 1);
  if (!results.cases.some((one) => one.id === id)) {
    throw new UsageError(`${id} is not in these results`);
  }
  const { requirements, profile } = results;
  return [
    results.mode,
    ...["--requirements", requirements, "--profile", profile],
    ...["--order", "catalogue"],
    ...again(results, id),
  ];
}

/** The command that runs one case again as it was. */
export function replayLine(
  results: Results,
  file: string | undefined,
  id: string,
): string {
  if (file !== undefined)
    return `${program()} replay ${quoted(`${file}#${id}`)}`;
  const line = again(results, id).map(quoted).join(" ");
  return `${program()} ${results.mode} ${line}`;
}

/** What this was started by, as it is typed: with npx when it came so. */
function program(): string {
  const npx = process.env["npm_command"] === "exec" ? "npx " : "";
  return `${npx}assent-conformance`;
}

function again(
  { seed, implementation: { options = [], command } }: Results,
  id: string,
): readonly string[] {
  const how = ["--run", id, "--seed", seed, "--debug"];
  return [...how, ...options, "--", ...command];
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
