// SPDX-License-Identifier: Apache-2.0
// Every target with twenty thousand inputs, or fewer where it says so;
// `npm run fuzz` has more. ASSENT_FUZZ_SEED takes other inputs, and
// ASSENT_FUZZ_RUNS another number of them.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { FuzzTarget } from "./fuzz-target.ts";

const seed = Number(process.env["ASSENT_FUZZ_SEED"] ?? 1);
const asked = process.env["ASSENT_FUZZ_RUNS"];
const files = readdirSync(import.meta.dirname).filter((name) =>
  name.endsWith(".fuzz.ts"),
);

for (const file of files) {
  const { target } = (await import(new URL(file, import.meta.url).href)) as {
    target: FuzzTarget;
  };
  const runs = Number(asked ?? target.testRuns ?? 20_000);
  test(`${target.name}: keeps its promises for ${runs} inputs from seed ${seed} (T19)`, async () => {
    expect(`${target.name}.fuzz.ts`).toBe(file);
    const result = await target.run({ seed, runs });
    expect(result.findings).toEqual([]);
    expect(result.runs).toBe(runs);
  }, 300_000);
}
