// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clause } from "../catalogue/catalogue.ts";
import type { CaseRecord } from "../report/results.ts";
import {
  type BaselineEntry,
  compare,
  readBaseline,
  updatedBaseline,
} from "./baseline.ts";
import { conclude } from "./conclusion.ts";
import { randomFrom, shuffled } from "./random.ts";
import { mergeRounds } from "./run-suite.ts";

const clause: Clause = {
  id: "SES-001",
  level: "MUST",
  side: "broker",
  text: "",
};

function record(
  verdict: CaseRecord["verdict"],
  more: Partial<CaseRecord> = {},
) {
  return { id: "session/a", clauses: ["SES-001"], verdict, ms: 1, ...more };
}

function end(
  cases: readonly CaseRecord[],
  about: Partial<Parameters<typeof conclude>[1]> = {},
) {
  return conclude(cases, {
    clauses: [clause],
    stale: [],
    allowIncomplete: false,
    interrupted: false,
    isPart: false,
    ...about,
  });
}

const known = { reason: "r", issue: "i", until: "2027-01-01" };
const other = { id: "session/b" };

test.each<[string, readonly CaseRecord[], number, string]>([
  ["all passed", [record("pass")], 0, "met"],
  ["one failed", [record("pass"), record("fail", other)], 1, "not met"],
  [
    "failed as the baseline says",
    [record("fail", { baseline: known })],
    0,
    "not met",
  ],
  [
    "a fault of the suite",
    [record("pass"), record("error", other)],
    4,
    "not shown",
  ],
  ["nothing was run", [record("not-run")], 5, "not shown"],
  [
    "something was not run",
    [record("pass"), record("not-run", other)],
    5,
    "not shown",
  ],
  ["all is pending", [record("pending")], 5, "not shown"],
  [
    "some is pending, the rest shows it",
    [record("pass"), record("pending", other)],
    0,
    "met",
  ],
  ["nothing applies", [record("not-applicable")], 5, "not shown"],
  [
    "only what is not scored passed",
    [record("pass", { unscored: "new" })],
    5,
    "not shown",
  ],
  [
    "what is not scored failed",
    [record("pass"), record("fail", { ...other, unscored: "new" })],
    0,
    "met",
  ],
])("%s", (_, cases, exit, verdict) => {
  const { conclusion, clauses } = end(cases);
  expect(conclusion.exit).toBe(exit);
  expect(clauses[0]?.verdict).toBe(verdict);
  expect(conclusion.conforms).toBe(exit === 0 && verdict === "met");
});

test("what is incomplete, interrupted or stale is told apart, and conforms to nothing", () => {
  const cases = [record("not-run")];
  const allowed = end(cases, { allowIncomplete: true }).conclusion;
  expect([allowed.exit, allowed.conforms]).toEqual([0, false]);
  expect(end([record("pass")], { interrupted: true }).conclusion.exit).toBe(
    130,
  );
  expect(end([record("pass")], { stale: ["x"] }).conclusion.exit).toBe(6);
  const part = end([record("pass")], { isPart: true }).conclusion;
  expect([part.exit, part.conforms]).toEqual([0, false]);
});

const entry: BaselineEntry = {
  case: "session/a",
  assertion: "Request",
  ...known,
};
const fails = record("fail", { assertion: "Request" });

test("a baseline excuses the failure that it names, and no other", () => {
  const { cases, stale } = compare([fails], [entry], "2026-12-01");
  expect(cases[0]?.baseline).toEqual(known);
  expect(stale).toEqual([]);
  const another = record("fail", { assertion: "Revoke" });
  const compared = compare([another], [entry], "2026-12-01");
  expect(compared.cases[0]?.baseline).toBeUndefined();
  expect(compared.stale).toEqual([
    "session/a (Request): does not fail any more",
  ]);
});

test("a baseline by clause excuses what fails of it", () => {
  const byClause: BaselineEntry = { clause: "SES-001", ...known };
  const { cases } = compare([fails], [byClause], "2026-12-01");
  expect(cases[0]?.baseline).toEqual(known);
});

test("a baseline that passes or has expired is stale; one that was not run is not", () => {
  const passed = compare([record("pass")], [entry], "2026-12-01");
  expect(passed.stale).toEqual(["session/a (Request): does not fail any more"]);
  const expired = compare([fails], [entry], "2027-01-02");
  expect(expired.stale).toEqual(["session/a: expired on 2027-01-01"]);
  expect(expired.cases[0]?.baseline).toBeUndefined();
  expect(compare([record("not-run")], [entry], "2026-12-01").stale).toEqual([]);
  expect(compare([], [entry], "2026-12-01").stale).toEqual([]);
});

test.each([
  ["- case: session/a", `"reason" is missing`],
  ["- {case: a, reason: r, issue: i}", `"until" is missing`],
  ["- {reason: r, issue: i, until: 2027-01-01}", `"case" or "clause"`],
  [
    "- {case: a, clause: b, reason: r, issue: i, until: 2027-01-01}",
    "not both",
  ],
  ["- {case: a, reason: r, issue: i, until: soon}", "is no day"],
  [
    "- {case: a, reason: r, issue: i, until: 2027-01-01, why: x}",
    `"why" is not known`,
  ],
  ["{}", "not a list"],
])("the baseline %s is refused", (text, problem) => {
  const file = join(mkdtempSync(join(tmpdir(), "baseline-")), "b.yaml");
  writeFileSync(file, text);
  expect(() => readBaseline(file)).toThrow(problem);
});

test("a baseline that is updated keeps what holds and asks for what a person knows", () => {
  const text = updatedBaseline(
    [fails, record("fail", { id: "session/b", assertion: "x" })],
    [entry, { case: "session/gone", ...known }],
    "2027-02-01",
  );
  const file = join(mkdtempSync(join(tmpdir(), "baseline-")), "b.yaml");
  writeFileSync(file, text);
  expect(readBaseline(file)).toEqual([
    entry,
    {
      case: "session/b",
      assertion: "x",
      reason: "say why",
      issue: "say where it is tracked",
      until: "2027-02-01",
    },
  ]);
});

test("the worst of several rounds counts, and that they differ is told", () => {
  const rounds = [[record("pass")], [record("fail")], [record("pass")]];
  expect(mergeRounds(rounds)).toEqual([{ ...record("fail"), flaky: true }]);
  expect(mergeRounds([[record("pass")], [record("pass")]])).toEqual([
    record("pass"),
  ]);
});

test("the same seed gives the same order and numbers, another gives others", () => {
  const ids = Array.from({ length: 50 }, (_, index) => index);
  expect(shuffled(ids, "a")).toEqual(shuffled(ids, "a"));
  expect(shuffled(ids, "a")).not.toEqual(shuffled(ids, "b"));
  expect(shuffled(ids, "a").toSorted((a, b) => a - b)).toEqual(ids);
  expect(randomFrom("a")()).toBe(randomFrom("a")());
});

test("a rule of SDKs does not apply when none of its cases does; else it is not shown", () => {
  const ofSdk = { ...clause, side: "sdk" } as const;
  const absent = record("not-applicable");
  const about = { clauses: [ofSdk] };
  const ended = end([absent, record("not-applicable", other)], about);
  expect(ended.clauses[0]?.verdict).toBe("not applicable");
  expect(ended.conclusion.exit).toBe(0);
  const unsure = end([absent, record("not-run", other)], about);
  expect(unsure.clauses[0]?.verdict).toBe("not shown");
  expect(unsure.conclusion.exit).toBe(5);
});
