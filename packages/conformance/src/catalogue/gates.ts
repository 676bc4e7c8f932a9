// SPDX-License-Identifier: Apache-2.0
import { type Catalogue, isMust } from "./catalogue.ts";
import type { Requirements } from "./requirements.ts";

/** What is not as it must be with rules, cases and mutants; each in one line. */
export function gaps(
  { clauses, cases, mutants }: Catalogue,
  requirements: Requirements,
): readonly string[] {
  const found: string[] = [];
  const excused = new Set(requirements.notScored.map(({ clause }) => clause));
  const all = [...cases.values()];
  for (const clause of clauses.values()) {
    if (!isMust(clause) || excused.has(clause.id)) continue;
    if (!all.some((one) => one.clauses.includes(clause.id))) {
      found.push(`${clause.id}: no case shows it`);
    }
    if (![...mutants.values()].some((one) => one.clause === clause.id)) {
      found.push(`${clause.id}: no mutant breaks it`);
    }
  }
  for (const { id, clauses: named } of all) {
    if (named.length === 0) found.push(`${id}: names no clause`);
    for (const clause of named) {
      if (!clauses.has(clause)) found.push(`${id}: there is no ${clause}`);
    }
  }
  for (const { id, clause, case: killer } of mutants.values()) {
    if (!clauses.has(clause)) found.push(`${id}: there is no ${clause}`);
    const one = cases.get(killer);
    if (one === undefined) found.push(`${id}: there is no ${killer}`);
    else if (!one.clauses.includes(clause)) {
      found.push(`${id}: ${killer} does not name ${clause}`);
    }
  }
  const { profiles, notScored } = requirements;
  for (const id of [
    ...requirements.clauses,
    ...notScored.flatMap(({ clause }) => clause ?? []),
  ]) {
    if (!clauses.has(id)) found.push(`requirements: there is no ${id}`);
  }
  for (const id of [
    ...requirements.cases,
    ...notScored.flatMap((one) => one.case ?? []),
  ]) {
    if (!cases.has(id)) found.push(`requirements: there is no ${id}`);
  }
  if (Object.keys(profiles).length === 0)
    found.push("requirements: no profile");
  return found;
}

/** What is built and not written down, and what is written down and neither built nor pending. */
export function unbuilt(
  { cases }: Catalogue,
  built: Iterable<string>,
): readonly string[] {
  const ids = new Set(built);
  return [
    ...[...ids]
      .filter((id) => !cases.has(id))
      .map((id) => `${id}: built, and not in the catalogue`),
    ...[...cases.keys()]
      .filter((id) => !ids.has(id))
      .map((id) => `${id}: neither built nor pending`),
  ];
}
