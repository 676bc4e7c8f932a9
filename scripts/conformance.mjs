// SPDX-License-Identifier: Apache-2.0
// Our broker and both SDKs through the conformance suite, whole: every MUST of
// the requirements. The first exit code that is not 0 is this program's.
// `npm run conformance -- --profile hardened`: options go to both;
// `npm run conformance -- broker --run 'session/*'`: one side.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const suite = join(root, "packages", "conformance", "dist", "main.js");
const node = join(root, "node_modules", ".bin", "node");
const sides = ["broker", "sdk"];
const [first, ...others] = process.argv.slice(2);
const isNamed = sides.includes(first);
const modes = isNamed ? [first] : sides;
const options = isNamed ? others : process.argv.slice(2);
const began = Date.now();
let exit = 0;
for (const mode of modes) {
  const { status } = spawnSync(node, [suite, mode, ...options], {
    cwd: root,
    stdio: "inherit",
  });
  exit ||= status ?? 1;
  console.log();
}
console.log(`In all ${Math.round((Date.now() - began) / 1000)} s.`);
process.exitCode = exit;
