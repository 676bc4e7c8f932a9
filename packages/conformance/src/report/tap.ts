// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { CaseRecord, Results } from "./results.ts";

/** As TAP 14. What was not run is SKIP, what a baseline knows is TODO. */
export function tap({ cases, suite, seed, conclusion }: Results): string {
  return [
    "TAP version 14",
    `# ${suite}, seed ${seed}`,
    `1..${cases.length}`,
    ...cases.flatMap((one, index) => lines(one, index + 1)),
    `# ${conclusion.text} (exit ${conclusion.exit})`,
    "",
  ].join("\n");
}

function lines(one: CaseRecord, number: number): string[] {
  const { verdict, unscored, baseline, why = "" } = one;
  const bad = verdict === "fail" || verdict === "error";
  const directive =
    unscored !== undefined
      ? ` # SKIP not scored: ${flat(unscored)}`
      : baseline !== undefined
        ? ` # TODO ${flat(baseline.reason)} (${flat(baseline.issue)})`
        : verdict !== "pass" && !bad
          ? ` # SKIP ${verdict}: ${flat(why)}`
          : "";
  const point = `${bad ? "not ok" : "ok"} ${number} - ${one.id}${directive}`;
  if (!bad) return [point];
  const { clauses, assertion, expected, got, ms } = one;
  const details = stringify({
    clauses,
    assertion,
    expected,
    got,
    why: one.why,
    ms,
  });
  const indented = details
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
  return [point, "  ---", ...indented, "  ..."];
}

/** On one line, and no directive of its own. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("#", "\\#");
}
