// SPDX-License-Identifier: Apache-2.0
import type { ProfileName } from "../catalogue/requirements.ts";

/** What came of a case, each told apart from all others. */
export type Verdict =
  | "pass"
  | "fail"
  /** A fault of the suite or of the machine; never blamed on the implementation. */
  | "error"
  /** The rule does not bind this implementation: an optional part it does not have. */
  | "not-applicable"
  /** Something it needs is missing; never counted as passed. */
  | "not-run"
  /** The suite does not have it yet; never counted as passed. */
  | "pending";

/** An entry of a baseline that a case fell under. */
export interface Expected {
  readonly reason: string;
  readonly issue: string;
  readonly until: string;
}

/** A case, as it went. */
export interface CaseRecord {
  readonly id: string;
  readonly clauses: readonly string[];
  readonly verdict: Verdict;
  readonly ms: number;
  /** Of a failure: what was looked at. Values of secrets are never in it. */
  readonly assertion?: string;
  readonly expected?: string;
  readonly got?: string;
  /** Of anything else that did not pass: why, and what would bring it. */
  readonly why?: string;
  /** Why it is told but not counted. */
  readonly unscored?: string;
  /** It failed, as a baseline says. */
  readonly baseline?: Expected;
  /** It came out differently when it was repeated. */
  readonly flaky?: true;
  /** Brokers and SDKs broken on purpose that fail alike. */
  readonly like?: readonly string[];
}

/** A clause, as its cases went. */
export interface ClauseRecord {
  readonly id: string;
  readonly level: string;
  readonly verdict: "met" | "not met" | "not shown" | "not applicable";
  readonly cases: readonly string[];
}

/** What a run comes to. */
export interface Conclusion {
  /** What the program exits with. */
  readonly exit: number;
  readonly conforms: boolean;
  /** One line. */
  readonly text: string;
  /** Entries of the baseline that are no longer so. */
  readonly stale: readonly string[];
}

/** Everything about a run. All other reports are made from this. */
export interface Results {
  /** Version of this form. */
  readonly form: 1;
  readonly suite: string;
  readonly mode: "broker" | "sdk" | "both";
  readonly requirements: string;
  readonly frozen: string;
  readonly profile: ProfileName;
  readonly seed: string;
  readonly grade: "control" | "hooks" | "interactive" | "black-box" | "driver";
  readonly began: string;
  readonly ms: number;
  /** It was ended before it was over. */
  readonly partial: boolean;
  readonly implementation: {
    readonly name: string;
    readonly version: string;
    readonly command: readonly string[];
    /** Options that say how it is tried, as it has to be tried again: --framing, --release, hooks. */
    readonly options?: readonly string[];
    /** Of each file that the command names, by path. */
    readonly sha256: Readonly<Record<string, string>>;
    readonly capabilities: readonly string[];
  };
  readonly machine: {
    readonly platform: string;
    readonly node: string;
    /** What is there (null), and what would bring what is not. */
    readonly features: Readonly<Record<string, string | null>>;
  };
  readonly cases: readonly CaseRecord[];
  readonly clauses: readonly ClauseRecord[];
  readonly conclusion: Conclusion;
}

/** How many cases came out how, the unscored ones aside. */
export interface Counts {
  readonly run: number;
  readonly passed: number;
  readonly failed: number;
  readonly expected: number;
  readonly errors: number;
  readonly notRun: number;
  readonly pending: number;
  readonly notApplicable: number;
  readonly unscored: number;
}

/** Count the cases. */
export function count(cases: readonly CaseRecord[]): Counts {
  const scored = cases.filter(({ unscored }) => unscored === undefined);
  const of = (verdict: Verdict) =>
    scored.filter((one) => one.verdict === verdict).length;
  const expected = scored.filter(
    ({ verdict, baseline }) => verdict === "fail" && baseline !== undefined,
  ).length;
  return {
    run: of("pass") + of("fail") + of("error"),
    passed: of("pass"),
    failed: of("fail") - expected,
    expected,
    errors: of("error"),
    notRun: of("not-run"),
    pending: of("pending"),
    notApplicable: of("not-applicable"),
    unscored: cases.length - scored.length,
  };
}
