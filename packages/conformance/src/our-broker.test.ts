// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { loadCatalogue, packaged } from "./catalogue/catalogue.ts";
import { loadRequirements } from "./catalogue/requirements.ts";
import { conclusionText, paint } from "./report/console.ts";
import { createBrokerBench } from "./run/broker-bench.ts";
import { newSeed } from "./run/random.ts";
import { runSuite } from "./run/run-suite.ts";

const command = [
  process.execPath,
  packaged("..", "broker", "conformance", "main.ts"),
] as const;

test("our broker fails no case of the suite", {
  timeout: 600_000,
}, async () => {
  const catalogue = loadCatalogue();
  const seed = newSeed();
  const results = await runSuite({
    catalogue,
    requirements: loadRequirements("1.0"),
    mode: "broker",
    grade: "control",
    command,
    wishes: { side: "broker", profile: "full" },
    bench: () =>
      createBrokerBench({
        command,
        release: [
          process.execPath,
          packaged("..", "broker", "conformance", "release.ts"),
        ],
        timeoutMs: 120_000,
      }),
    seed,
    order: "random",
    workers: Math.min(2, availableParallelism()),
    repeat: 1,
    baseline: [],
    allowIncomplete: true,
  });
  const { cases } = results;
  const bad = cases.filter(({ verdict }) =>
    ["fail", "error"].includes(verdict),
  );
  console.log(
    conclusionText(
      results,
      catalogue,
      paint(false),
      (id) => `${id}, seed ${seed}`,
    ),
  );
  for (const { id, verdict, why } of cases) {
    if (verdict === "not-run") console.log(`NOT RUN: ${id} needs ${why}`);
  }
  expect(bad).toEqual([]);
  expect(cases.length).toBeGreaterThan(0);
});
