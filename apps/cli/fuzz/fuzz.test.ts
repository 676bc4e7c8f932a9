// SPDX-License-Identifier: Apache-2.0
// A share of what `npm run fuzz` gives the targets of this folder.
import { expect, test } from "vitest";
import { target as fieldSpec } from "./field-spec.fuzz.ts";
import { target as prompt } from "./prompt.fuzz.ts";

for (const { target, runs } of [
  { target: fieldSpec, runs: 20_000 },
  { target: prompt, runs: 2_000 },
]) {
  test(`${target.name}: keeps its promises for ${runs} inputs (T19, T21)`, async () => {
    const result = await target.run({ seed: 1, runs });
    expect(result.findings).toEqual([]);
    expect(result.runs).toBe(runs);
  }, 120_000);
}
