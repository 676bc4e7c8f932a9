// SPDX-License-Identifier: Apache-2.0
// Random walks over a real broker, compared with the oracle
// (packages/broker/test/walk): npm run walk -- --runs N --seed S [--path P]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: `${Date.now() % 2_147_483_648}` },
    path: { type: "string" },
  },
});
for (const name of ["runs", "seed"]) {
  if (/^-?\d+$/.test(values[name])) continue;
  console.error(`--${name} takes a whole number`);
  process.exit(2);
}
const { status } = spawnSync(
  "vitest",
  ["run", "test/walk/walk.test.ts", "--disableConsoleIntercept"],
  {
    cwd: new URL("../packages/broker", import.meta.url),
    stdio: "inherit",
    env: {
      ...process.env,
      ASSENT_WALK_RUNS: values.runs,
      ASSENT_WALK_SEED: values.seed,
      ...(values.path === undefined ? {} : { ASSENT_WALK_PATH: values.path }),
    },
  },
);
process.exit(status ?? 1);
