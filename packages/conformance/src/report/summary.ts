// SPDX-License-Identifier: Apache-2.0
import { count, type Results } from "./results.ts";

/** A summary of a job, in Markdown. */
export function summary(results: Results): string {
  const { implementation, conclusion, cases, clauses } = results;
  const counts = count(cases);
  const musts = clauses.filter(({ level }) => level.startsWith("MUST"));
  const of = (verdict: string) =>
    musts.filter((clause) => clause.verdict === verdict).length;
  const failed = cases.filter(
    ({ verdict, unscored }) =>
      (verdict === "fail" || verdict === "error") && !unscored,
  );
  return [
    `## ${conclusion.exit === 0 ? "✅" : "❌"} ${cell(implementation.name)} ${cell(implementation.version)}: ${conclusion.text}`,
    "",
    `${results.suite}, requirements ${results.requirements}, profile ${results.profile}, grade ${results.grade}, seed \`${results.seed}\`, exit ${conclusion.exit}`,
    "",
    "| Cases passed | Failed | Known failures | Not run | Pending | MUST rules met | Not met | Not shown |",
    "|---|---|---|---|---|---|---|---|",
    `| ${counts.passed} | ${counts.failed + counts.errors} | ${counts.expected} | ${counts.notRun} | ${counts.pending} | ${of("met")} | ${of("not met")} | ${of("not shown")} |`,
    "",
    ...(failed.length > 0
      ? [
          "| Failed | Rules | Expected | Got |",
          "|---|---|---|---|",
          ...failed.map(
            (one) =>
              `| \`${one.id}\`${one.baseline ? " (known)" : ""} | ${one.clauses.join(", ")} | ${cell(`${one.assertion ?? ""}: ${one.expected ?? ""}`)} | ${cell(one.got ?? one.why ?? "")} |`,
          ),
          "",
        ]
      : []),
    ...conclusion.stale.map((one) => `- Stale baseline: ${cell(one)}`),
    "",
  ].join("\n");
}

function cell(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\|`*_<>[\]]/g, "\\$&");
}
