// SPDX-License-Identifier: Apache-2.0
import type { Catalogue, Clause, Mutant } from "../catalogue/catalogue.ts";
import type { Bench } from "../run/bench.ts";
import { shuffled } from "../run/random.ts";
import type { CaseResult } from "../run/run-cases.ts";
import { sideOf } from "../run/selection.ts";
import { type MutantResult, tryMutant } from "./kill-matrix.ts";

/** One implementation and its mutants. */
export interface SelftestOptions {
  readonly side: Clause["side"];
  readonly catalogue: Catalogue;
  /** Starts it; with an id, broken in that way. */
  readonly bench: (mutant?: string) => Promise<Bench>;
  /** Ids; none: every mutant of this side. */
  readonly only?: readonly string[];
  /** Mutants that cannot be made of it. */
  readonly without: readonly string[];
  /** How often all cases are run on what is not broken, each time in another order. */
  readonly rounds: number;
  /** Mutants at once. */
  readonly workers: number;
  readonly seed: string;
  /** One case that notices is enough. */
  readonly stopsAtFirst: boolean;
  readonly onMutant?: (result: MutantResult) => void;
  readonly onCase?: (result: CaseResult, seed: string) => void;
}

/** What the suite is worth, as far as mutants tell. */
export interface SelftestResult {
  readonly mutants: readonly MutantResult[];
  /** Cases that what is not broken did not pass, though they could be run. */
  readonly faults: readonly CaseResult[];
}

/**
 * Tries the suite: every mutant has to be noticed by a case of its clause, and
 * what is not broken has to pass.
 */
export async function selftest(
  options: SelftestOptions,
): Promise<SelftestResult> {
  const { catalogue, side, seed, rounds, without, only = [] } = options;
  const faults: CaseResult[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const own = `${seed}-${round}`;
    const ids = [...catalogue.cases.values()]
      .filter((one) => sideOf(one) === side)
      .map(({ id }) => id);
    const bench = await options.bench();
    try {
      for (const id of shuffled(ids, own)) {
        const result = await bench.run(id, own);
        options.onCase?.(result, own);
        if (["fail", "error"].includes(result.outcome.verdict)) {
          faults.push(result);
        }
      }
    } finally {
      await bench.close();
    }
  }
  const left = [...catalogue.mutants.values()].filter(
    ({ id, clause }) =>
      catalogue.clauses.get(clause)?.side === side &&
      !without.includes(id) &&
      (only.length === 0 || only.includes(id)),
  );
  const results = new Map<Mutant, MutantResult>();
  const order = [...left];
  const work = async () => {
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      const { id } = mutant;
      const start = () => options.bench(id);
      const result = await tryMutant(mutant, catalogue, start, options);
      results.set(mutant, result);
      options.onMutant?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return {
    faults,
    mutants: order.flatMap((mutant) => results.get(mutant) ?? []),
  };
}

/** Whether the suite is good for what was tried: nothing survived, and nothing was blamed in vain. */
export function isSound({ mutants, faults }: SelftestResult): boolean {
  const bad = mutants.filter(({ verdict }) =>
    ["survived", "broken"].includes(verdict),
  );
  return bad.length === 0 && faults.length === 0;
}
