// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import { run } from "./program.ts";

const folder = packaged("..", "..", "docs", "conformance");
const lines = readdirSync(folder).flatMap((name) =>
  [
    ...readFileSync(join(folder, name), "utf8").matchAll(
      /^assent-conformance .*$/gm,
    ),
  ].map(([line]) => line),
);

test("documents show commands", () => {
  expect(lines.length).toBeGreaterThan(8);
});

test.each(lines)("%s: the command and its options exist", async (line) => {
  const [words = ""] = line.split(" -- ");
  const [, command = ""] = words.split(" ");
  let help = "";
  const sink = { write: (text: string) => (help += text) };
  expect(await run({ stdout: sink, stderr: sink }, [command, "--help"])).toBe(
    0,
  );
  for (const [option] of words.matchAll(/--[a-z-]+/g)) {
    expect(help).toContain(`${option} `);
  }
});
