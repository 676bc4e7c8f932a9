// SPDX-License-Identifier: Apache-2.0
import type {
  Catalogue,
  CatalogueCase,
  Mutant,
} from "../catalogue/catalogue.ts";
import type { Bench } from "../run/bench.ts";

/** A case that a mutant failed, and what was looked at when it did. */
export interface Kill {
  readonly case: string;
  readonly assertion: string;
  readonly got: string;
}

/** What came of a mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /**
   * "killed": a case of its clause failed. "not tried": none of them could be
   * run, yet or here. "broken": it does not start, which shows nothing.
   */
  readonly verdict: "killed" | "survived" | "not tried" | "broken";
  readonly kills: readonly Kill[];
  /** For people: cases that could not be run, or why it did not start. */
  readonly why: readonly string[];
  readonly ms: number;
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

/** Try one mutant. `stopsAtFirst`: one case that notices is enough. */
export async function tryMutant(
  mutant: Mutant,
  catalogue: Catalogue,
  start: () => Promise<Bench>,
  { seed, stopsAtFirst }: { seed: string; stopsAtFirst: boolean },
): Promise<MutantResult> {
  const began = performance.now();
  const kills: Kill[] = [];
  const why: string[] = [];
  let passed = 0;
  const end = (verdict: MutantResult["verdict"]): MutantResult => ({
    mutant,
    verdict,
    kills,
    why,
    ms: Math.round(performance.now() - began),
  });
  let bench: Bench;
  try {
    bench = await start();
  } catch (error) {
    why.push((error as Error).message);
    return end("broken");
  }
  try {
    for (const { id } of casesFor(mutant, catalogue)) {
      const { outcome, isStuck } = await bench.run(id, seed);
      if (isStuck) {
        // What it would do next says nothing.
        await bench.close();
        bench = await start();
      }
      if (outcome.verdict === "pass") passed += 1;
      else if (outcome.verdict === "fail") {
        const { assertion, got } = outcome;
        kills.push({ case: id, assertion, got });
        if (stopsAtFirst) break;
      } else why.push(`${id}: ${outcome.verdict}: ${outcome.why}`);
    }
  } finally {
    await bench.close();
  }
  if (kills.length > 0) return end("killed");
  return end(passed > 0 ? "survived" : "not tried");
}
