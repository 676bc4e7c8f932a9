// SPDX-License-Identifier: Apache-2.0
// Kills a process that saves, again and again, and looks at what is left.
// `npm run durability -- --kills 1000 --seed 1`
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const [kills, seed] = [values.kills, values.seed].map(Number);
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed)) {
  console.error("npm run durability [-- --kills N --seed S]: whole numbers");
  process.exit(2);
}
const module = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  "packages/broker/durability/durability.ts",
);
const { measureDurability } = await import(pathToFileURL(module).href);
const started = performance.now();
const result = await measureDurability({
  kills,
  seed,
  onKill(done) {
    if (done % 100 === 0) console.error(`${done} of ${kills}`);
  },
});
const seconds = Math.round((performance.now() - started) / 1000);
console.log(JSON.stringify({ ...result, seconds }, null, 2));
process.exit(result.lost > 0 || result.corrupt.length > 0 ? 1 : 0);
