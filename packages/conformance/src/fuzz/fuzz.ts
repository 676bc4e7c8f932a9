// SPDX-License-Identifier: Apache-2.0
import type { Bench } from "../run/bench.ts";
import { randomFrom } from "../run/random.ts";
import type { Outcome } from "../run/run-cases.ts";
import { shrink } from "./shrink.ts";
import { randomWalk, type Step, walk } from "./walk.ts";

/** A walk on which a broker went wrong, as short as it was found. */
export interface FuzzFailure {
  readonly seed: string;
  readonly steps: readonly Step[];
  readonly outcome: Outcome & { readonly verdict: "fail" };
}

/** How much is walked. */
export interface FuzzOptions {
  readonly bench: Bench;
  readonly walks: number;
  /** The first walk has it, the others have it with their number. */
  readonly seed: string;
  readonly onWalk?: (walked: number) => void;
}

const steps = 40;
const together = 2;

/** Random walks, each in a fresh state; undefined: nothing went wrong. @throws what is no fault of the broker */
export async function fuzz(
  options: FuzzOptions,
): Promise<FuzzFailure | undefined> {
  const { bench, walks, seed } = options;
  const take = async (list: readonly Step[], own: string) => {
    const { outcome } = await bench.run(`fuzz/${own}`, own, {
      run: (world) => walk(world, list),
    });
    if (outcome.verdict === "fail") return outcome;
    if (outcome.verdict !== "pass") throw new Error(outcome.why);
    return undefined;
  };
  for (let walked = 0; walked < walks; walked += 1) {
    const own = walked === 0 ? seed : `${seed}-${walked}`;
    const list = randomWalk(steps, together, randomFrom(own));
    let outcome = await take(list, own);
    if (outcome === undefined) {
      options.onWalk?.(walked + 1);
      continue;
    }
    const shortest = await shrink(list, async (candidate) => {
      const again = await take(candidate, own);
      outcome = again ?? outcome;
      return again !== undefined;
    });
    return { seed: own, steps: shortest, outcome };
  }
  return undefined;
}
