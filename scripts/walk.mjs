// SPDX-License-Identifier: Apache-2.0
// Random walks over a real broker, compared with the oracle
// (packages/broker/test/walk). `npm run walk -- --help`
import { spawnSync } from "node:child_process";
import { readArguments, wholeNumber } from "./arguments.mjs";

const usage = `npm run walk [-- options]
  --runs N  walks (200)
  --seed S  where they start; without it another each time
  --path P  the steps of one walk, as a failure tells them`;

const { runs, seed, path } = readArguments(
  usage,
  {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: `${Date.now() % 2_147_483_648}` },
    path: { type: "string" },
  },
  (values) => ({
    ...values,
    runs: wholeNumber("runs", values.runs, 1),
    seed: wholeNumber("seed", values.seed, -(2 ** 31)),
  }),
);
const { status } = spawnSync(
  "vitest",
  ["run", "test/walk/walk.test.ts", "--disableConsoleIntercept"],
  {
    cwd: new URL("../packages/broker", import.meta.url),
    stdio: "inherit",
    env: {
      ...process.env,
      ASSENT_WALK_RUNS: `${runs}`,
      ASSENT_WALK_SEED: `${seed}`,
      ...(path === undefined ? {} : { ASSENT_WALK_PATH: path }),
    },
  },
);
process.exit(status ?? 1);
