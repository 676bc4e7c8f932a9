// SPDX-License-Identifier: Apache-2.0
// Runs the uvu tests of a package, and fails where uvu would pass in silence:
// its reporter throws on an error whose `details` is not a string (every
// ConnectError has an array there), drops the rest of the file and exits 0.
// A pattern that matches no file also exits 0.
import { spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

const run = spawnSync("uvu", ["src", "\\.test\\.ts$"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
process.stdout.write(run.stdout);

const text = stripVTControlCharacters(run.stdout);
const count = (label) =>
  Number(text.match(new RegExp(`^\\s*${label}:\\s+(\\d+)`, "m"))?.[1] ?? 0);
const passed = count("Passed");
const skipped = count("Skipped");
const failed = count("Total") - passed;
// Read by scripts/test.mjs.
console.log(`uvu: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = run.status === 0 && passed > 0 && failed === 0 ? 0 : 1;
