// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { brokerCases } from "../cases/index.ts";
import { sdkCases } from "../sdk-cases/index.ts";
import { type Catalogue, loadCatalogue, packaged } from "./catalogue.ts";
import { gaps, unbuilt } from "./gates.ts";
import { cataloguePage, rulesPage } from "./pages.ts";
import { matches } from "./pattern.ts";
import { clausesOf, loadRequirements, unscored } from "./requirements.ts";

const catalogue = loadCatalogue();
const requirements = loadRequirements("1.0");

test.each([
  ["catalogue/clauses.yaml", "clauses"],
  ["catalogue/broker-cases.yaml", "cases"],
  ["catalogue/sdk-cases.yaml", "cases"],
  ["catalogue/mutants.yaml", "mutants"],
  ["catalogue/runner-mutants.yaml", "runner-mutants"],
  ["catalogue/kills.json", "kills"],
  ["requirements/1.0.yaml", "requirements"],
  ["templates/baseline.yaml", "baseline"],
])("%s has the form that its schema says", (file, schema) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const check = ajv.compile(
    JSON.parse(
      readFileSync(packaged("schema", `${schema}.schema.json`), "utf8"),
    ),
  );
  check(parse(readFileSync(packaged(file), "utf8")));
  expect(check.errors ?? []).toEqual([]);
});

test("each rule has a case and a mutant, each case a rule, each mutant a case that catches it", () => {
  expect(gaps(catalogue, requirements)).toEqual([]);
});

/** The catalogue with one thing changed. */
function changed(
  change: {
    readonly [K in keyof Catalogue]?: (all: Catalogue[K]) => Catalogue[K];
  },
): Catalogue {
  const { clauses, cases, mutants } = catalogue;
  return {
    clauses: change.clauses?.(clauses) ?? clauses,
    cases: change.cases?.(cases) ?? cases,
    mutants: change.mutants?.(mutants) ?? mutants,
  };
}

function without<T>(all: ReadonlyMap<string, T>, is: (one: T) => boolean) {
  return new Map([...all].filter(([, one]) => !is(one)));
}

test("a rule that nothing shows or nothing breaks is told", () => {
  const noCase = changed({
    cases: (all) => without(all, (one) => one.clauses.includes("SES-016")),
  });
  expect(gaps(noCase, requirements).join()).toContain("SES-016: no case");
  const noMutant = changed({
    mutants: (all) => without(all, (one) => one.clause === "SES-001"),
  });
  expect(gaps(noMutant, requirements)).toEqual([
    "SES-001: no mutant breaks it",
  ]);
});

test("a case without a rule and a mutant that no case catches are told", () => {
  const one = catalogue.cases.get("session/deny");
  if (one === undefined) throw new Error("no session/deny");
  const bare = { ...one, clauses: [] };
  const lost = changed({ cases: (all) => new Map([...all, [one.id, bare]]) });
  expect(gaps(lost, requirements)).toContain("session/deny: names no clause");
  expect(gaps(lost, requirements)).toContain(
    "B02: session/deny does not name SES-003",
  );
});

test("what is built and not written down is told, and what is written down and not built", () => {
  const ids = [...catalogue.cases.keys()];
  expect(unbuilt(catalogue, ids)).toEqual([]);
  expect(unbuilt(catalogue, [...ids, "session/new"])).toEqual([
    "session/new: built, and not in the catalogue",
  ]);
  expect(unbuilt(catalogue, ids.slice(1))).toEqual([
    `${ids[0]}: neither built nor pending`,
  ]);
});

test("every case that is built is written down, and every one that is written down is built or pending", () => {
  const built = [...brokerCases.keys(), ...sdkCases.keys()];
  expect(unbuilt(catalogue, built)).toEqual([]);
});

test.each([
  ["rules.md", () => rulesPage(catalogue, requirements)],
  ["catalogue.md", () => cataloguePage(catalogue)],
])("docs/conformance/%s is current", (name, page) => {
  const file = packaged("..", "..", "docs", "conformance", name);
  expect(readFileSync(file, "utf8")).toBe(page());
});

test("a requirement set asks for everything but what it does not score", () => {
  const full = clausesOf(catalogue, requirements, "full", "broker");
  const hardened = clausesOf(catalogue, requirements, "hardened", "broker");
  const core = clausesOf(catalogue, requirements, "core", "broker");
  expect(full.map(({ id }) => id)).not.toContain("EXP-009");
  expect(hardened.length - full.length).toBe(2);
  expect(core.length).toBeLessThan(full.length);
  expect(unscored({ id: "lock/stream-ends" }, requirements)).toContain("unary");
  expect(unscored({ id: "session/new" }, requirements)).toContain("frozen");
  expect(unscored({ id: "session/deny" }, requirements)).toBeUndefined();
});

test.each([
  ["session/deny", "session/deny", true],
  ["session/*", "session/deny", true],
  ["session/*", "session/a/b", false],
  ["*", "session/deny", false],
  ["**", "session/deny", true],
  ["**/deny", "session/deny", true],
  ["session/**", "session", true],
  ["SES-00*", "SES-001", true],
  ["SES-00*", "SES-010", false],
  ["s.s*/deny", "session/deny", false],
])("%s and %s: %s", (pattern, name, is) => {
  expect(matches(pattern, name)).toBe(is);
});
