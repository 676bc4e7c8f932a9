// SPDX-License-Identifier: Apache-2.0
// Kills a process that saves, again and again, and looks at what is left.
// `npm run durability -- --help`
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readArguments, wholeNumber } from "./arguments.mjs";

const usage = `npm run durability [-- options]
  --kills N  how many times (1000)
  --seed S   where chance starts (1)`;
const { kills, seed } = readArguments(
  usage,
  {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
  (values) => ({
    kills: wholeNumber("kills", values.kills, 1),
    seed: wholeNumber("seed", values.seed, 0),
  }),
);
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
