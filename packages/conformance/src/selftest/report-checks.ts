// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, that } from "../case/check.ts";
import { readResults } from "../cli/derive.ts";
import { replayArguments } from "../cli/replay.ts";
import { UsageError } from "../run/selection.ts";
import type { Check } from "./run-checks.ts";
import { runScripted } from "./scripted-bench.ts";

/** What the suite makes of its own reports. */
export const reportChecks: Readonly<Record<string, Check>> = {
  async "foreign-report-is-refused"() {
    const { results } = await runScripted();
    await withFile({ ...results, form: 2 }, async (file) => {
      let refused = false;
      try {
        readResults(file);
      } catch (error) {
        refused = error instanceof UsageError;
      }
      that("results of another form are refused", refused, "read");
    });
  },
  async "seed-is-kept"() {
    const [one, same] = [await runScripted(), await runScripted()];
    equal("what the same seed runs", same.ran, one.ran);
    const other = await runScripted({}, { seed: "another seed" });
    const order = ({ ran }: typeof one) => ran.map(({ id }) => id).join();
    that("another seed, another order", order(other) !== order(one));
    const { results } = await runScripted();
    await withFile(results, async (file) => {
      const words = replayArguments(`${file}#session/deny`);
      const seed = words[words.indexOf("--seed") + 1];
      equal("what it is replayed with", seed, results.seed);
    });
  },
};

async function withFile(
  content: unknown,
  use: (file: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assent-selftest-"));
  const file = join(folder, "results.json");
  try {
    writeFileSync(file, JSON.stringify(content));
    await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
