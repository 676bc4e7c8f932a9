// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createSdkBench } from "./sdk-bench.ts";

const file = (name: string) =>
  fileURLToPath(new URL(`../../templates/${name}`, import.meta.url));

for (const [name, program] of [
  ["driver.ts", process.execPath],
  ["driver.py", "/usr/bin/python3"],
] as const) {
  it(`${name} speaks the driver protocol before it is filled in`, async () => {
    const bench = await createSdkBench({
      command: [program, file(name)],
      framing: "json",
      timeoutMs: 60_000,
    });
    expect(bench.facts.name).toBe("my-sdk");
    // Nothing is passed by what is not there.
    const read = await bench.run("sdk/first-call-authorizes", "");
    expect(read.outcome).toEqual({
      verdict: "not-run",
      why: "the driver: open",
    });
    const write = await bench.run("sdk/expired-during-write", "");
    expect(write.outcome.verdict).toBe("not-applicable");
  });
}
