// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { loadCatalogue, packaged } from "../catalogue/catalogue.ts";
import { conclusionText, heading, paint } from "./console.ts";
import type { Results } from "./results.ts";
import { forms, reportIn } from "./write-reports.ts";

const catalogue = loadCatalogue();
const again = (id: string) => `assent-conformance replay r.json#${id}`;

/** One of everything, with text that means something in every form. */
const results: Results = {
  form: 1,
  suite: "assent-conformance 1.0.0",
  mode: "broker",
  requirements: "1.0",
  frozen: "2026-11-22",
  profile: "full",
  seed: "8f31c2",
  grade: "control",
  began: "2026-11-22T12:00:00.000Z",
  ms: 61_000,
  partial: false,
  implementation: {
    name: "<b>my & broker</b>",
    version: "0.3.1",
    command: ["./my-broker", "--test"],
    sha256: { "./my-broker": "4be1" },
    capabilities: ["VIRTUAL_CLOCK"],
  },
  machine: {
    platform: "linux x64",
    node: "24.0.0",
    features: { "C caller": null, "second-user": "root" },
  },
  cases: [
    {
      id: "session/request-before-authorize",
      clauses: ["SES-001"],
      verdict: "pass",
      ms: 12,
    },
    {
      id: "expiry/suspend-11min",
      clauses: ["EXP-005"],
      verdict: "fail",
      ms: 20,
      assertion: "Request at 11:00 asleep",
      expected: "unauthenticated/SESSION_EXPIRED",
      got: `served <script> | "# TODO"`,
      like: ["B39"],
    },
    {
      id: "session/deny",
      clauses: ["SES-003"],
      verdict: "fail",
      ms: 1,
      assertion: "a",
      expected: "b",
      got: "c",
      baseline: { reason: "later", issue: "#41", until: "2027-03-01" },
    },
    {
      id: "session/exit",
      clauses: ["SES-016"],
      verdict: "error",
      ms: 1,
      why: "broke # off",
    },
    {
      id: "process/other-uid",
      clauses: ["PRC-008"],
      verdict: "not-run",
      ms: 0,
      why: "root",
    },
    {
      id: "lock/stream-ends",
      clauses: ["LCK-003"],
      verdict: "pending",
      ms: 0,
      why: "later",
      unscored: "unary",
    },
  ],
  clauses: [
    {
      id: "SES-001",
      level: "MUST NOT",
      verdict: "met",
      cases: ["session/request-before-authorize"],
    },
    {
      id: "EXP-005",
      level: "MUST",
      verdict: "not met",
      cases: ["expiry/suspend-11min"],
    },
    {
      id: "PRC-008",
      level: "MUST",
      verdict: "not shown",
      cases: ["process/other-uid"],
    },
  ],
  conclusion: {
    exit: 1,
    conforms: false,
    text: "NOT CONFORMING",
    stale: ["session/x: expired"],
  },
};

test("results have the form that is published", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schema = readFileSync(
    packaged("schema", "results.schema.json"),
    "utf8",
  );
  const check = ajv.compile(JSON.parse(schema));
  check(results);
  expect(check.errors ?? []).toEqual([]);
  expect(check({ ...results, secret: 1 })).toBe(false);
});

test.each(forms)(
  "the %s report has every case that needs looking at",
  (form) => {
    const text = reportIn(form, results, catalogue, again);
    expect(text).toContain(
      form === "badge" ? "1/3 rules" : "expiry/suspend-11min".split("/")[1],
    );
  },
);

test("the page takes nothing from elsewhere, and text stays text", () => {
  const page = reportIn("html", results, catalogue, again);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  expect(page).not.toContain("http:");
  expect(page).not.toContain("<b>my");
  expect(page).toContain("&lt;b&gt;my &amp; broker");
  expect(page).toContain("served &lt;script&gt;");
  expect(page.match(/<details/g)?.length).toBe(results.cases.length);
  expect(page).toContain("mutant B39");
});

test("JUnit counts each case once, as what it is", () => {
  const xml = reportIn("junit", results, catalogue, again);
  expect(xml).toContain(`tests="6" failures="1" errors="1" skipped="3"`);
  expect(xml).toContain(`<property name="clause" value="EXP-005"/>`);
  expect(xml.match(/<failure/g)?.length).toBe(1);
});

test("TAP says SKIP and TODO only where the suite does", () => {
  const lines = reportIn("tap", results, catalogue, again).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "TAP version 14",
    "# assent-conformance 1.0.0, seed 8f31c2",
    "1..6",
  ]);
  expect(lines).toContain("not ok 3 - session/deny # TODO later (\\#41)");
  expect(lines).toContain("ok 5 - process/other-uid # SKIP not-run: root");
  expect(lines).toContain("not ok 2 - expiry/suspend-11min");
});

test("a failure says what was expected, what came, the rule, the like and the way to run it again", () => {
  const ink = paint(false);
  const text = `${heading(results, ink)}\n${conclusionText(results, catalogue, ink, again)}`;
  expect(text).toContain("expected  unauthenticated/SESSION_EXPIRED");
  expect(text).toContain(`got       served <script>`);
  expect(text.replace(/\s+/g, " ")).toContain(
    `EXP-005: ${catalogue.clauses.get("EXP-005")?.text}`,
  );
  expect(text).toContain(
    `like      mutant B39: ${catalogue.mutants.get("B39")?.what}`,
  );
  expect(text).toContain(
    "again     assent-conformance replay r.json#expiry/suspend-11min",
  );
  expect(text).toContain("→ NOT CONFORMING (exit 1)");
  expect(text).toContain("stale: session/x: expired");
});
