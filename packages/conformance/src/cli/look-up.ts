// SPDX-License-Identifier: Apache-2.0

import { brokerCases } from "../cases/index.ts";
import { type Catalogue, loadCatalogue } from "../catalogue/catalogue.ts";
import { matches } from "../catalogue/pattern.ts";
import { machineFacts } from "../run/run-suite.ts";
import { UsageError } from "../run/selection.ts";
import type { Io } from "./io.ts";

/** Which cases there are; with `json` everything about them. */
export function list(
  io: Io,
  pattern: string,
  {
    clause = [],
    json = false,
  }: { readonly clause?: readonly string[]; readonly json?: boolean },
): number {
  const catalogue = loadCatalogue();
  const found = [...catalogue.cases.values()].filter(
    ({ id, clauses }) =>
      matches(pattern, id) &&
      (clause.length === 0 ||
        clauses.some((one) => clause.some((each) => matches(each, one)))),
  );
  if (found.length === 0) throw new UsageError("no such case");
  if (json) {
    io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(...found.map(({ id }) => id.length));
  for (const { id, clauses, mode } of found) {
    io.stdout.write(
      `${id.padEnd(width)}  ${mode.padEnd(9)}  ${clauses.join(" ")}\n`,
    );
  }
  return 0;
}

/** Everything about one case, or one clause. */
export function explain(io: Io, name: string): number {
  const catalogue = loadCatalogue();
  const text = name.includes("/")
    ? aboutCase(catalogue, name)
    : aboutClause(catalogue, name.toUpperCase());
  io.stdout.write(`${text}\n`);
  return 0;
}

function aboutCase(catalogue: Catalogue, name: string): string {
  const one = catalogue.cases.get(name);
  if (one === undefined) throw new UsageError(`no case is called ${name}`);
  const { id, mode, does, expects, clauses } = one;
  const built = brokerCases.get(id);
  const lines = [
    id,
    "",
    `does      ${does}`,
    `expects   ${expects}`,
    `takes     ${mode}`,
  ];
  if (built !== undefined && "pending" in built) {
    lines.push(`pending   ${built.pending}`);
  } else if (built?.needs !== undefined) {
    const { control = [], nativeCaller, machine = [] } = built.needs;
    const needs = [
      ...(control.length > 0 ? ["the control service"] : []),
      ...(nativeCaller ? ["the C caller"] : []),
      ...machine,
    ];
    if (needs.length > 0) lines.push(`needs     ${needs.join(", ")}`);
  }
  for (const clause of clauses) {
    lines.push("", `${clause}   ${catalogue.clauses.get(clause)?.text ?? ""}`);
  }
  const kills = [...catalogue.mutants.values()].filter(
    (mutant) => mutant.case === id,
  );
  if (kills.length > 0) lines.push("", "catches");
  for (const { id: mutant, what } of kills) lines.push(`  ${mutant}  ${what}`);
  return lines.join("\n");
}

function aboutClause(
  { clauses, cases, mutants }: Catalogue,
  id: string,
): string {
  const clause = clauses.get(id);
  if (clause === undefined) {
    throw new UsageError(`no case and no clause is called ${id}`);
  }
  const shown = [...cases.values()].filter((one) => one.clauses.includes(id));
  const broken = [...mutants.values()].filter((one) => one.clause === id);
  return [
    `${id}  ${clause.level}  ${clause.side}`,
    "",
    clause.text,
    "",
    "cases",
    ...shown.map((one) => `  ${one.id}`),
    "",
    "mutants",
    ...broken.map((one) => `  ${one.id}  ${one.what}`),
  ].join("\n");
}

/** What this machine can run, and what would bring the rest. */
export async function doctor(io: Io): Promise<number> {
  io.stdout.write(
    `node ${process.versions.node}  ${process.platform} ${process.arch}\n`,
  );
  for (const [name, missing] of Object.entries(await machineFacts())) {
    const state = missing === null ? "✔" : `✘ needs ${missing}`;
    io.stdout.write(`${name.padEnd(18)} ${state}\n`);
  }
  return 0;
}
