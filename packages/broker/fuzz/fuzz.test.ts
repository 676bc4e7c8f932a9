// SPDX-License-Identifier: Apache-2.0
// Every target with a hundred thousand inputs; `npm run fuzz` has more.
// ASSENT_FUZZ_SEED takes other inputs, ASSENT_FUZZ_RUNS more or fewer.
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { FuzzTarget } from "./fuzz-target.ts";

const seed = Number(process.env["ASSENT_FUZZ_SEED"] ?? 1);
const runs = Number(process.env["ASSENT_FUZZ_RUNS"] ?? 100_000);
const files = readdirSync(import.meta.dirname).filter((name) =>
  name.endsWith(".fuzz.ts"),
);

for (const file of files) {
  test(`${file.replace(".fuzz.ts", "")}: keeps its promises for ${runs} inputs from seed ${seed} (T19)`, async () => {
    const { target } = (await import(new URL(file, import.meta.url).href)) as {
      target: FuzzTarget;
    };
    expect(target.name).toBe(file.replace(".fuzz.ts", ""));
    const result = await target.run({ seed, runs });
    expect(result.findings).toEqual([]);
    expect(result.runs).toBe(runs);
  }, 300_000);
}
