// SPDX-License-Identifier: Apache-2.0
// What a program takes in with the client core, its dependencies included.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "packages", "sdk-browserless", "src");
const mostBytes = 60_000;

for (const entry of ["index.ts", "bun.ts", "deno.ts"]) {
  it(`${entry} of sdk-browserless is at most 60 kB, minified and gzipped, and imports nothing of Node`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-size-"));
    try {
      const bundle = await rolldown({
        input: join(source, entry),
        platform: "neutral",
        logLevel: "silent",
      });
      const { output } = await bundle.write({
        dir: folder,
        format: "esm",
        minify: true,
      });
      await bundle.close();
      const chunks = output.filter((one) => one.type === "chunk");
      const imported = chunks.flatMap((one) => one.imports);
      expect(imported.filter((name) => isBuiltin(name))).toEqual([]);
      expect(imported.filter((name) => !name.startsWith("."))).toEqual([]);
      const bytes = chunks
        .map(({ fileName }) => readFileSync(join(folder, fileName)))
        .reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
      console.log(`sdk-browserless ${entry}: ${bytes} bytes`);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(mostBytes);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
