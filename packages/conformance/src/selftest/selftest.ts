// SPDX-License-Identifier: Apache-2.0
import type { Catalogue, Clause } from "../catalogue/catalogue.ts";
import type { Requirements } from "../catalogue/requirements.ts";
import type { Bench } from "../run/bench.ts";
import { shuffled } from "../run/random.ts";
import type { CaseResult } from "../run/run-cases.ts";
import { runSchedule } from "../run/schedule.ts";
import { select } from "../run/selection.ts";
import { underLoad } from "./cpu-load.ts";
import { type MutantResult, type Trial, tryMutant } from "./kill-matrix.ts";
import type { Fault } from "./matrix-gates.ts";

/** One implementation that the suite is tried on. */
export interface SelftestSubject {
  /** "broker", or the name of an SDK. */
  readonly name: string;
  readonly side: Clause["side"];
  /** Starts it; with an id, broken in that way. */
  readonly bench: (mutant?: string) => Promise<Bench>;
}

/** How often what is not broken is tried. */
export interface RoundsOptions {
  readonly catalogue: Catalogue;
  readonly requirements: Requirements;
  readonly rounds: number;
  readonly seed: string;
  /** Of the implementation at once. */
  readonly workers: number;
  readonly onCase: (result: CaseResult, round: number) => void;
  /** Told how long a round took, milliseconds. */
  readonly onRound: (round: number, ms: number) => void;
  /** Aborted: the cases that are running are the last. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * All cases of the full profile on what is not broken, each round in another order; of several
 * rounds the last while every CPU is busy. What it did not pass.
 */
export async function runRounds(
  { name, side, bench }: SelftestSubject,
  options: RoundsOptions,
): Promise<readonly Fault[]> {
  const { catalogue, requirements, rounds, seed, workers, signal } = options;
  const faults: Fault[] = [];
  const wishes = { side, profile: "full" } as const;
  const ids = select(catalogue, requirements, wishes).map(({ id }) => id);
  for (let round = 1; round <= rounds; round += 1) {
    if (signal?.aborted) break;
    const began = performance.now();
    const own = `${seed}-${round}`;
    const isLast = rounds > 1 && round === rounds;
    const all = () =>
      runSchedule({
        ids: shuffled(ids, own),
        seed: own,
        workers,
        bench,
        signal,
        onResult(result) {
          options.onCase(result, round);
          const { outcome } = result;
          if (outcome.verdict !== "fail" && outcome.verdict !== "error") return;
          faults.push({
            subject: name,
            round,
            seed: own,
            underLoad: isLast,
            case: result.id,
            got:
              outcome.verdict === "fail"
                ? `${outcome.assertion}: ${outcome.got}`
                : outcome.why,
          });
        },
      });
    await (isLast ? underLoad(all) : all());
    options.onRound(round, performance.now() - began);
  }
  return faults;
}

/** Which mutants are tried, and how. */
export interface MutantsOptions extends Trial {
  readonly catalogue: Catalogue;
  readonly ids: readonly string[];
  /** Mutants at once. */
  readonly workers: number;
  readonly onMutant: (result: MutantResult) => void;
  /** Aborted: the mutants that are being tried are the last. */
  readonly signal?: AbortSignal | undefined;
}

/** Tries mutants of an implementation, in this order. */
export async function tryMutants(
  { bench }: SelftestSubject,
  options: MutantsOptions,
): Promise<void> {
  const { catalogue, workers, onMutant, signal } = options;
  const left = [...options.ids];
  const work = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      const mutant = catalogue.mutants.get(id);
      if (mutant === undefined || signal?.aborted) return;
      const broken = id;
      const start = () => bench(broken);
      onMutant(await tryMutant(mutant, catalogue, start, options));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
