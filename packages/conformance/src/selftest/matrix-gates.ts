// SPDX-License-Identifier: Apache-2.0
import { type Catalogue, isMust } from "../catalogue/catalogue.ts";
import type { Requirements } from "../catalogue/requirements.ts";
import type { MutantResult } from "./kill-matrix.ts";
import type { FailedCheck } from "./runner-checks.ts";

/** A case that an implementation that is not broken did not pass. */
export interface Fault {
  /** "broker", or the name of an SDK. */
  readonly subject: string;
  readonly round: number;
  readonly seed: string;
  readonly underLoad: boolean;
  readonly case: string;
  readonly got: string;
}

/** What was tried, and what came of it. */
export interface Matrix {
  /** Version of this form. */
  readonly form: 1;
  readonly suite: string;
  readonly seed: string;
  /** How often each implementation that is not broken was tried. */
  readonly rounds: number;
  readonly faults: readonly Fault[];
  /** Checks of the runner that do not hold; undefined: not made. */
  readonly checks?: readonly FailedCheck[];
  readonly mutants: readonly MutantResult[];
}

/** Gates of the suite, each with what does not hold; an empty list: it holds. */
export type Gates = Readonly<Record<string, readonly string[]>>;

/**
 * Whether the suite is good for what was tried. A rule is judged by its mutants
 * only when all of them were tried.
 */
export function judge(
  { faults, checks = [], mutants }: Matrix,
  catalogue: Catalogue,
  requirements: Requirements,
  without: readonly string[],
): Gates {
  const results = new Map(mutants.map((one) => [one.id, one]));
  const unscored = new Set(requirements.notScored.map(({ clause }) => clause));
  const unnoticed = [...catalogue.clauses.values()].filter((clause) => {
    const own = [...catalogue.mutants.values()].filter(
      (one) => one.clause === clause.id && !without.includes(one.id),
    );
    return (
      isMust(clause) &&
      !unscored.has(clause.id) &&
      own.every(({ id }) => results.has(id)) &&
      !own.some(({ id }) => results.get(id)?.verdict === "killed")
    );
  });
  return {
    "what is not broken passes": faults.map(
      (one) =>
        `${one.subject}, round ${one.round}, seed ${one.seed}${one.underLoad ? ", under load" : ""}: ${one.case}: ${one.got}`,
    ),
    "every mutant is killed by a case of its clause": mutants
      .filter(({ verdict }) => ["survived", "broken"].includes(verdict))
      .map((one) => `${one.id} ${one.verdict} (${one.noticedBy}): ${one.what}`),
    "every MUST has a mutant that its cases kill": unnoticed.map(
      ({ id }) => id,
    ),
    "no mutant fails cases of rules that it does not break": mutants.flatMap(
      ({ id, others }) => others.flatMap(strayOf(id, catalogue)),
    ),
    "the runner holds what it promises": checks.map(
      ({ check, assertion, got }) => `${check}: ${assertion}: ${got}`,
    ),
  };
}

function strayOf(id: string, { mutants, cases }: Catalogue) {
  const also = mutants.get(id)?.also ?? [];
  return ({ case: failed }: { readonly case: string }): readonly string[] => {
    const clauses = cases.get(failed)?.clauses ?? [];
    if (clauses.some((one) => also.includes(one))) return [];
    return [`${id}: ${failed} (${clauses.join(", ")})`];
  };
}

/** Cases that were tried on mutants of their rules and failed none: to be sharpened, or left as guards. */
export function idleCases({ mutants }: Matrix): readonly string[] {
  const killing = new Set(
    mutants.flatMap(({ kills, others }) =>
      [...kills, ...others].map((one) => one.case),
    ),
  );
  const ran = new Set(mutants.flatMap((one) => one.ran));
  return [...ran].filter((id) => !killing.has(id)).toSorted();
}
