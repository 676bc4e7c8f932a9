// SPDX-License-Identifier: Apache-2.0
import type {
  Catalogue,
  CatalogueCase,
  Mutant,
} from "../catalogue/catalogue.ts";
import type { Bench } from "../run/bench.ts";
import { sideOf } from "../run/selection.ts";

/** A case that a mutant failed, and what was looked at when it did. */
export interface Kill {
  readonly case: string;
  readonly assertion: string;
  readonly got: string;
}

/** What came of a mutant. */
export interface MutantResult {
  readonly id: string;
  readonly what: string;
  /** The clause, or the check of the runner, that must notice. */
  readonly noticedBy: string;
  /**
   * "killed": a case of its clause failed. "not tried": none of them could be
   * run, yet or here. "broken": it does not start, which shows nothing.
   */
  readonly verdict: "killed" | "survived" | "not tried" | "broken";
  /** Cases of its clause that it failed. */
  readonly kills: readonly Kill[];
  /** Other cases that it failed; looked for only when all are run. */
  readonly others: readonly Kill[];
  /** Every case that passed or failed. */
  readonly ran: readonly string[];
  /** For people: cases that could not be run, or why it did not start. */
  readonly why: readonly string[];
  readonly ms: number;
}

/** How a mutant is tried. */
export interface Trial {
  readonly seed: string;
  /** One case that notices is enough. */
  readonly stopsAtFirst: boolean;
  /** All cases of its side are run, to see which others it fails. */
  readonly isFull?: boolean;
}

/** The cases of the clause that must notice a mutant, the one that is named first. */
export function casesFor(
  mutant: Mutant,
  { cases }: Catalogue,
): readonly CatalogueCase[] {
  const ofClause = [...cases.values()].filter(({ clauses }) =>
    clauses.includes(mutant.clause),
  );
  return [
    ...ofClause.filter(({ id }) => id === mutant.case),
    ...ofClause.filter(({ id }) => id !== mutant.case),
  ];
}

/** All others of the same side. */
function otherCases(
  mutant: Mutant,
  { cases, clauses }: Catalogue,
): readonly CatalogueCase[] {
  const side = clauses.get(mutant.clause)?.side;
  return [...cases.values()].filter(
    (one) => sideOf(one) === side && !one.clauses.includes(mutant.clause),
  );
}

/** Try one mutant. */
export async function tryMutant(
  mutant: Mutant,
  catalogue: Catalogue,
  start: () => Promise<Bench>,
  { seed, stopsAtFirst, isFull = false }: Trial,
): Promise<MutantResult> {
  const began = performance.now();
  const { id, what, clause } = mutant;
  const kills: Kill[] = [];
  const others: Kill[] = [];
  const ran: string[] = [];
  const why: string[] = [];
  const end = (verdict: MutantResult["verdict"]): MutantResult => ({
    id,
    what,
    noticedBy: clause,
    verdict,
    kills,
    others,
    ran,
    why,
    ms: Math.round(performance.now() - began),
  });
  let bench: Bench;
  try {
    // A busy machine may need a second attempt.
    bench = await start().catch(start);
  } catch (error) {
    why.push((error as Error).message);
    return end("broken");
  }
  async function tryCase(one: string, into: Kill[]): Promise<void> {
    const { outcome, isStuck } = await bench.run(one, seed);
    if (isStuck) {
      // What it would do next says nothing.
      await bench.close();
      bench = await start();
    }
    if (outcome.verdict === "pass") ran.push(one);
    else if (outcome.verdict === "fail") {
      const { assertion, got } = outcome;
      ran.push(one);
      into.push({ case: one, assertion, got });
    } else why.push(`${one}: ${outcome.verdict}: ${outcome.why}`);
  }
  try {
    for (const one of casesFor(mutant, catalogue)) {
      await tryCase(one.id, kills);
      if (stopsAtFirst && kills.length > 0) break;
    }
    for (const one of isFull ? otherCases(mutant, catalogue) : []) {
      await tryCase(one.id, others);
    }
  } finally {
    await bench.close();
  }
  if (kills.length > 0) return end("killed");
  return end(ran.length > 0 ? "survived" : "not tried");
}
