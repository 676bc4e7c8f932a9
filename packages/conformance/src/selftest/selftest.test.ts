// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadCatalogue, packaged } from "../catalogue/catalogue.ts";
import { loadRequirements } from "../catalogue/requirements.ts";
import { createBrokerBench } from "../run/broker-bench.ts";
import { createSdkBench } from "../sdk/sdk-bench.ts";
import { type MutantResult, tryMutant } from "./kill-matrix.ts";
import { killedBefore, writeMatrix } from "./matrix-file.ts";
import { idleCases, judge, type Matrix } from "./matrix-gates.ts";
import { matrixPage } from "./matrix-report.ts";
import { runnerChecks } from "./runner-checks.ts";

const catalogue = loadCatalogue();
const requirements = loadRequirements("1.0");
const without = ["B43", "B46", "B93"];
const folder = mkdtempSync(join(tmpdir(), "assent-selftest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = {
  broker: (mutant: string) =>
    createBrokerBench({
      command: [
        process.execPath,
        packaged("..", "broker", "conformance", "main.ts"),
      ],
      env: { ASSENT_MUTANT: mutant },
      timeoutMs: 60_000,
    }),
  sdk: (mutant: string) =>
    createSdkBench({
      command: [
        process.execPath,
        packaged("..", "sdk-node", "conformance", "driver.ts"),
      ],
      framing: "proto",
      timeoutMs: 60_000,
      env: { ASSENT_MUTANT: mutant },
    }),
};

// All of them: assent-conformance selftest.
test.each([
  ["B02", ours.broker],
  ["B31", ours.broker],
  ["S03", ours.sdk],
  ["S25", ours.sdk],
] as const)(
  "mutant %s is killed by the case that is named",
  async (id, start) => {
    const mutant = catalogue.mutants.get(id);
    if (mutant === undefined) throw new Error(`no ${id}`);
    const result = await tryMutant(mutant, catalogue, () => start(id), {
      seed: "a seed",
      stopsAtFirst: true,
    });
    expect(result.why).toEqual([]);
    expect(result.kills.map((kill) => kill.case)).toEqual([mutant.case]);
  },
  60_000,
);

test("a mutant that does not start is broken, which kills nothing", async () => {
  const mutant = catalogue.mutants.get("B02");
  if (mutant === undefined) throw new Error("no B02");
  const start = async () => {
    throw new Error("no such file");
  };
  const result = await tryMutant(mutant, catalogue, start, {
    seed: "a seed",
    stopsAtFirst: true,
  });
  expect(result).toMatchObject({ verdict: "broken", why: ["no such file"] });
});

test.each([...runnerChecks])("%s", async (_name, holds) => {
  await holds();
});

function result(id: string, more: Partial<MutantResult> = {}): MutantResult {
  const mutant = catalogue.mutants.get(id);
  if (mutant === undefined) throw new Error(`no ${id}`);
  const { what, clause } = mutant;
  const kill = { case: mutant.case, assertion: "a", got: "b" };
  return {
    id,
    what,
    noticedBy: clause,
    verdict: "killed",
    kills: [kill],
    others: [],
    ran: [mutant.case],
    why: [],
    ms: 1,
    ...more,
  };
}

const everything = [...catalogue.mutants.keys()]
  .filter((id) => !without.includes(id))
  .map((id) => result(id));

function matrix(more: Partial<Matrix> = {}): Matrix {
  return {
    form: 1,
    suite: "a suite",
    seed: "a seed",
    rounds: 3,
    faults: [],
    checks: [],
    mutants: everything,
    ...more,
  };
}

const wrong = (one: Matrix) =>
  Object.values(judge(one, catalogue, requirements, without)).flat();

test("with every mutant killed all gates hold", () => {
  expect(wrong(matrix())).toEqual([]);
});

test("a mutant that survives is told, and its rule when no other breaks it", () => {
  const mutants = everything.map((one) =>
    one.id === "B02"
      ? { ...one, verdict: "survived" as const, kills: [] }
      : one,
  );
  const { what } = result("B02");
  const told = wrong(matrix({ mutants }));
  expect(told).toContain(`B02 survived (SES-003): ${what}`);
  expect(told).toContain("SES-003");
  expect(wrong(matrix({ mutants: [] }))).toEqual([]);
});

test("a mutant that does not start is told as if it survived", () => {
  const mutants = [result("B02", { verdict: "broken", kills: [] })];
  expect(wrong(matrix({ mutants }))[0]).toMatch(/^B02 broken/);
});

test("a mutant that fails cases of other rules is told", () => {
  const others = [{ case: "lock/double-lock", assertion: "a", got: "b" }];
  const [told, ...more] = wrong(
    matrix({ mutants: [result("B02", { others })] }),
  );
  expect(told).toMatch(/^B02: lock\/double-lock \(LCK-/);
  expect(more).toEqual([]);
});

test("what an implementation that is not broken failed is told, with how to have it again", () => {
  const fault = {
    subject: "broker",
    round: 3,
    seed: "a seed-3",
    underLoad: true,
    case: "session/deny",
    got: "nothing",
  };
  expect(wrong(matrix({ faults: [fault] }))).toEqual([
    "broker, round 3, seed a seed-3, under load: session/deny: nothing",
  ]);
});

test("a check of the runner that does not hold is told", () => {
  const checks = [{ check: "runner/x", assertion: "a", got: "b" }];
  expect(wrong(matrix({ checks }))).toEqual(["runner/x: a: b"]);
});

test("cases that were tried and noticed nothing are listed", () => {
  const mutants = [result("B02", { ran: ["session/deny", "session/idle"] })];
  expect(idleCases(matrix({ mutants }))).toEqual(["session/idle"]);
});

test("a matrix that was written says what need not be tried again", () => {
  const mutants = [
    result("B02"),
    result("B03", { verdict: "survived", kills: [] }),
  ];
  expect(killedBefore(folder)).toEqual([]);
  const written = matrix({ mutants });
  const page = matrixPage(written, judge(written, catalogue, requirements, []));
  writeMatrix(folder, written, page);
  expect(killedBefore(folder).map(({ id }) => id)).toEqual(["B02"]);
  expect(readFileSync(join(folder, "matrix.md"), "utf8")).toBe(page);
  expect(page).toContain("1 of 2 mutants killed");
  expect(page).toContain("| B03 |");
});
