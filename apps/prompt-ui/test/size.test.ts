// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const assets = fileURLToPath(new URL("../dist/page/assets/", import.meta.url));

test("what a browser loads before it can show a request is at most 120 kB of script, as sent", () => {
  const entry = readdirSync(assets).find((name) => /^index-.*\.js$/.test(name));
  const needed = new Set<string>();
  const walk = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    const text = readFileSync(assets + name, "utf8");
    for (const [, other = ""] of text.matchAll(
      /(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g,
    )) {
      walk(other);
    }
  };
  walk(entry ?? "no entry: build first");
  const bytes = [...needed].reduce(
    (sum, name) =>
      sum + gzipSync(readFileSync(assets + name), { level: 9 }).length,
    0,
  );
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(120_000);
});
