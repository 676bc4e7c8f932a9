// SPDX-License-Identifier: Apache-2.0
import { type Clause, isMust } from "../catalogue/catalogue.ts";
import {
  type CaseRecord,
  type ClauseRecord,
  type Conclusion,
  count,
} from "../report/results.ts";

/** What the program exits with. */
export const exits = {
  conforms: 0,
  failed: 1,
  usage: 2,
  implementation: 3,
  harness: 4,
  incomplete: 5,
  stale: 6,
  interrupted: 130,
} as const;

/**
 * What the cases say of a clause. One failure: not met. Met takes a case that
 * passed and none that could have been run but was not; a case that the suite
 * does not have yet leaves the others to show it. Not applicable: a rule of
 * SDKs, when each of its cases found so: the channel is another's to open.
 */
export function judgeClause(
  { id, level, side }: Clause,
  all: readonly CaseRecord[],
): ClauseRecord {
  const cases = all.filter(
    (one) => one.unscored === undefined && one.clauses.includes(id),
  );
  const has = (verdict: CaseRecord["verdict"]) =>
    cases.some((one) => one.verdict === verdict);
  const isOptional =
    side === "sdk" &&
    has("not-applicable") &&
    cases.every((one) => ["not-applicable", "pending"].includes(one.verdict));
  const verdict = has("fail")
    ? "not met"
    : isOptional
      ? "not applicable"
      : has("pass") && !has("not-run") && !has("error")
        ? "met"
        : "not shown";
  return { id, level, verdict, cases: cases.map((one) => one.id) };
}

/** What a run was like, besides its cases. */
export interface Circumstances {
  readonly clauses: readonly Clause[];
  readonly stale: readonly string[];
  readonly allowIncomplete: boolean;
  readonly interrupted: boolean;
  /** The implementation could not be tried any more: why, in a line. */
  readonly stopped?: string | undefined;
  /** Only some cases were asked for: nothing is said about the whole. */
  readonly isPart: boolean;
}

/** What a run comes to. */
export function conclude(
  cases: readonly CaseRecord[],
  about: Circumstances,
): {
  readonly clauses: readonly ClauseRecord[];
  readonly conclusion: Conclusion;
} {
  const asked = about.isPart
    ? about.clauses.filter(({ id }) =>
        cases.some(
          ({ clauses, unscored }) => !unscored && clauses.includes(id),
        ),
      )
    : about.clauses;
  const clauses = asked.map((clause) => judgeClause(clause, cases));
  const counts = count(cases);
  const musts = clauses.filter((_, index) => {
    const clause = asked[index];
    return clause !== undefined && isMust(clause);
  });
  const notShown = musts.filter(({ verdict }) => verdict === "not shown");
  const { stale } = about;
  const end = (exit: number, text: string) => ({
    clauses,
    conclusion: {
      exit,
      conforms:
        exit === 0 &&
        counts.expected === 0 &&
        !about.isPart &&
        notShown.length === 0,
      text,
      stale,
    },
  });
  if (about.interrupted) return end(exits.interrupted, "INTERRUPTED");
  if (about.stopped !== undefined) {
    return end(exits.implementation, `STOPPED: ${about.stopped}`);
  }
  if (counts.errors > 0) {
    return end(exits.harness, "THE SUITE OR THE MACHINE HAS A FAULT");
  }
  if (counts.failed > 0) return end(exits.failed, "NOT CONFORMING");
  if (stale.length > 0) return end(exits.stale, "THE BASELINE IS STALE");
  if (notShown.length > 0 && !about.allowIncomplete) {
    return end(exits.incomplete, "INCOMPLETE: not everything could be shown");
  }
  if (about.isPart) return end(exits.conforms, "PASSED, what was selected");
  if (counts.expected > 0) {
    return end(exits.conforms, "AS THE BASELINE SAYS, which is not conforming");
  }
  return end(
    exits.conforms,
    notShown.length > 0 ? "PASSED, INCOMPLETE" : "CONFORMING",
  );
}
