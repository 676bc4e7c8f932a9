// SPDX-License-Identifier: Apache-2.0
import { type CaseRecord, count, type Results } from "./results.ts";
import { escaped } from "./xml.ts";

/** As JUnit's XML: a suite for each group, clauses as properties. */
export function junit(results: Results): string {
  const groups = Map.groupBy(results.cases, ({ id }) => id.split("/")[0] ?? "");
  const total = numbers(results.cases);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="${escaped(results.suite)}" ${total} time="${seconds(results.ms)}">`,
    ...[...groups].flatMap(([name, cases]) => [
      `  <testsuite name="${escaped(name)}" ${numbers(cases)} time="${seconds(cases.reduce((sum, { ms }) => sum + ms, 0))}" timestamp="${results.began}">`,
      ...cases.map(testcase),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function numbers(cases: readonly CaseRecord[]): string {
  const { passed, failed, errors } = count(cases);
  const skipped = cases.length - passed - failed - errors;
  return `tests="${cases.length}" failures="${failed}" errors="${errors}" skipped="${skipped}"`;
}

function testcase(one: CaseRecord): string {
  const [group = "", ...name] = one.id.split("/");
  return [
    `    <testcase classname="${escaped(group)}" name="${escaped(name.join("/"))}" time="${seconds(one.ms)}">`,
    "      <properties>",
    ...one.clauses.map(
      (id) => `        <property name="clause" value="${escaped(id)}"/>`,
    ),
    "      </properties>",
    ...outcome(one),
    "    </testcase>",
  ].join("\n");
}

function outcome(one: CaseRecord): string[] {
  const { unscored, baseline, why = one.verdict } = one;
  if (unscored !== undefined) return [skipped(`not scored: ${unscored}`)];
  if (one.verdict === "pass") return [];
  if (one.verdict === "error") {
    return [`      <error message="${escaped(why)}"/>`];
  }
  if (one.verdict !== "fail") return [skipped(`${one.verdict}: ${why}`)];
  if (baseline !== undefined) {
    return [skipped(`known: ${baseline.reason} (${baseline.issue})`)];
  }
  const { assertion = "", expected = "", got = "" } = one;
  return [
    `      <failure message="${escaped(`${assertion}: expected ${expected}, got ${got}`)}"/>`,
  ];
}

function skipped(message: string): string {
  return `      <skipped message="${escaped(message)}"/>`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
