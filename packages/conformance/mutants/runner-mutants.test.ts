// SPDX-License-Identifier: Apache-2.0
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { mutatedFiles } from "../../../scripts/source-mutation.ts";
import { packaged } from "../src/catalogue/catalogue.ts";
import { runnerChecks } from "../src/selftest/runner-checks.ts";
import {
  loadRunnerMutants,
  tryRunner,
} from "../src/selftest/runner-mutants.ts";
import { runnerMutants } from "./runner-mutants.ts";

test.each(runnerMutants)(
  "mutant $id fits the suite, once, and can be read",
  (one) => {
    for (const text of mutatedFiles(one).values()) {
      expect(() => stripTypeScriptTypes(text)).not.toThrow();
    }
  },
);

test("every mutant of the runner that is written down is there, and every check has one", () => {
  const written = loadRunnerMutants();
  expect(runnerMutants.map(({ id }) => id)).toEqual(
    written.map(({ id }) => id),
  );
  expect([...runnerChecks.keys()].toSorted()).toEqual(
    written.map(({ check }) => check).toSorted(),
  );
});

test.each(["R07", "R08"])(
  "a suite that is broken as %s says so of itself",
  async (id) => {
    const one = loadRunnerMutants().find((each) => each.id === id);
    if (one === undefined) throw new Error(`no ${id}`);
    const result = await tryRunner(one, {
      command: [process.execPath, packaged("mutants", "main.ts")],
      env: { ASSENT_MUTANT: id },
    });
    expect(result).toMatchObject({ verdict: "killed", why: [] });
  },
  60_000,
);
