// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, that } from "../case/check.ts";
import { replay } from "../cli/broker.ts";
import { readResults } from "../cli/derive.ts";
import { UsageError } from "../run/selection.ts";
import type { Check } from "./run-checks.ts";
import { runScripted } from "./scripted-bench.ts";

/** A driver of an SDK that says hello, and of everything else that it is done. */
const idleDriver = `
  let kept = Buffer.alloc(0);
  process.stdin.on("data", (bytes) => {
    kept = Buffer.concat([kept, bytes]);
    while (kept.length >= 4 && kept.length >= 4 + kept.readUInt32BE()) {
      const length = kept.readUInt32BE();
      // The id, in one byte; then the tag of what is asked, 2 for hello.
      const [, id, tag] = kept.subarray(4, 4 + length);
      kept = kept.subarray(4 + length);
      process.stdout.write(Buffer.from([0, 0, 0, 4, 8, id, tag === 0x12 ? tag : 0x1a, 0]));
    }
  });`;

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
    const [id, seed] = ["sdk/single-flight", "5eed5eed"];
    const program = [process.execPath, "-e", idleDriver];
    const told = {
      ...results,
      mode: "sdk",
      seed,
      cases: [{ id, clauses: [], verdict: "pass", ms: 0 }],
      implementation: { ...results.implementation, command: program },
    };
    await withFile(told, async (file) => {
      let out = "";
      const sink = { write: (text: string) => (out += text) };
      await replay({ stdout: sink, stderr: sink }, `${file}#${id}`);
      that("it is replayed with its seed", out.includes(seed), "another");
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
