// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, startRig } from "../rig.ts";
import { type Ground, layGround } from "./ground.ts";
import { firstWalks, step } from "./steps.ts";
import { World } from "./world.ts";

// Walks over a real broker: real processes connect to real sockets, the user
// answers, time goes by, and after every step the oracle says what must be so.
// `npm run walk -- --runs N --seed S` takes more of them.

const budgetMs = 25_000;
const { ASSENT_WALK_RUNS, ASSENT_WALK_SEED, ASSENT_WALK_PATH } = process.env;
const runs = Number(ASSENT_WALK_RUNS ?? 0);
const seed = Number(ASSENT_WALK_SEED ?? 20_270_115);

let rig: Rig;
let ground: Ground;

beforeAll(async () => {
  rig = await startRig();
  ground = await layGround(rig);
});
afterAll(() => rig.close());

it("whatever programs, the user and time do: what leaves was allowed, refusals say why, prompts and sessions are those there should be (T30, SES-001 to SES-012, SES-014 to SES-018, PRM-007 to PRM-010, PRM-012, PRM-013, EXP-001 to EXP-008, EXP-010 to EXP-013, LCK-001, LCK-004 to LCK-008, RVK-001 to RVK-006, PRC-002 to PRC-005, PRC-008, PRC-010, PRC-012, CHN-005, LEAK-002)", {
  timeout: runs > 0 ? 86_400_000 : 300_000,
}, async () => {
  let walks = 0;
  let steps = 0;
  const since = performance.now();
  const result = await fc.check(
    fc.asyncProperty(
      fc.array(step, { minLength: 40, maxLength: 200, size: "max" }),
      async (walk) => {
        const world = await World.enter(ground);
        try {
          for (const one of walk) await world.take(one);
        } finally {
          await world.leave();
          walks += 1;
          steps += world.taken;
        }
      },
    ),
    {
      seed,
      examples: firstWalks.map((walk) => [walk]),
      ...(ASSENT_WALK_PATH ? { path: ASSENT_WALK_PATH } : {}),
      numRuns: runs > 0 ? runs : 1_000_000,
      ...(runs > 0
        ? {}
        : { interruptAfterTimeLimit: budgetMs, markInterruptAsFailure: false }),
    },
  );
  const seconds = (performance.now() - since) / 1_000;
  console.log(
    `${walks} walks, ${steps} steps in ${seconds.toFixed(1)} s, seed ${seed}`,
  );
  if (result.failed) {
    throw new Error(
      [
        `after ${result.numRuns} walks, shrunk ${result.numShrinks} times:`,
        ...(result.counterexample?.[0] ?? []).map(
          (one) => `  ${JSON.stringify(one)}`,
        ),
        String(result.errorInstance ?? ""),
        `npm run walk -- --runs 1 --seed ${result.seed} --path ${result.counterexamplePath}`,
      ].join("\n"),
    );
  }
  expect(walks).toBeGreaterThan(0);
});
