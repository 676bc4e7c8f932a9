// SPDX-License-Identifier: Apache-2.0
import { equal, that } from "../case/check.ts";
import { Failure } from "../case/verdict.ts";
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { matches } from "../catalogue/pattern.ts";
import { exits } from "../run/conclusion.ts";
import { type Outcome, outcomeOf } from "../run/run-cases.ts";
import { UsageError } from "../run/selection.ts";
import { runScripted } from "./scripted-bench.ts";

/** Something that has to be so of the suite itself; throws Failure when it is not. */
export type Check = () => Promise<void>;

const known = { reason: "r", issue: "i", until: "9999-12-31" };
const why = "a machine of another kind";

/** How the suite chooses cases, runs them, and what it concludes. */
export const runChecks: Readonly<Record<string, Check>> = {
  async "every-case-is-run"() {
    const pattern = "expiry/*";
    const { cases } = loadCatalogue();
    const meant = [...cases.keys()].filter((id) => matches(pattern, id));
    const wishes = { side: "broker", profile: "full" } as const;
    const { ran, results } = await runScripted(
      {},
      { wishes: { ...wishes, run: [pattern] } },
    );
    equal("run", ran.map(({ id }) => id).toSorted(), meant.toSorted());
    equal(
      "told",
      results.cases.map(({ id }) => id).toSorted(),
      meant.toSorted(),
    );
  },
  async "not-run-is-not-passed"() {
    const outcome: Outcome = { verdict: "not-run", why };
    const { results: one } = await runScripted({ "session/deny": outcome });
    equal("exit with one not run", one.conclusion.exit, exits.incomplete);
    const { results: whole } = await runScripted();
    equal("exit with all passed", whole.conclusion.exit, exits.conforms);
    const all = whole.cases.map(({ id }) => [id, outcome] as const);
    const { results: none } = await runScripted(Object.fromEntries(all));
    equal("exit with none run", none.conclusion.exit, exits.incomplete);
    const met = none.clauses.filter(({ verdict }) => verdict === "met");
    equal("rules met with none run", met.length, 0);
  },
  async "pattern-must-mean-a-case"() {
    const wishes = { side: "broker", profile: "full" } as const;
    for (const wish of [
      { run: ["nothing/*"] },
      { run: ["session/deny"], skip: ["session/*"] },
    ]) {
      await isUsageError(() =>
        runScripted({}, { wishes: { ...wishes, ...wish } }),
      );
    }
  },
  async "stale-baseline-is-told"() {
    const baseline = [{ case: "session/deny", ...known }];
    const { results: passed } = await runScripted({}, { baseline });
    equal("exit when it passes", passed.conclusion.exit, exits.stale);
    const expired = [{ ...baseline[0], ...known, until: "2001-01-01" }];
    const fails: Outcome = {
      verdict: "fail",
      assertion: "a",
      expected: "b",
      got: "c",
    };
    const { results } = await runScripted(
      { "session/deny": fails },
      { baseline: expired },
    );
    equal("exit when it has expired", results.conclusion.exit, exits.failed);
    equal("told when it has expired", results.conclusion.stale.length, 1);
  },
  async "own-fault-is-no-pass"() {
    const outcome = outcomeOf(new Error("a fault of the suite"));
    equal("verdict", outcome.verdict, "error");
    const { results } = await runScripted({ "session/deny": outcome });
    equal("exit", results.conclusion.exit, exits.harness);
    that("it does not conform", !results.conclusion.conforms);
  },
};

async function isUsageError(does: () => Promise<unknown>): Promise<void> {
  try {
    await does();
  } catch (error) {
    if (error instanceof UsageError) return;
    throw new Failure("a pattern", "a UsageError", String(error));
  }
  throw new Failure("a pattern", "a UsageError", "a run");
}
