// SPDX-License-Identifier: Apache-2.0
import { Failure } from "../case/verdict.ts";
import type { World } from "../case/world.ts";
import { shrink } from "./shrink.ts";
import { randomWalk, type Step, walk } from "./walk.ts";

/** Walks of one case. */
export interface Walks {
  readonly count: number;
  /** In each walk; in each of them up to {@link together} things at once. */
  readonly steps: number;
  readonly together: number;
  /** Tries to make one on which the broker went wrong shorter. */
  readonly tries: number;
  /** Of real time, milliseconds: after it no walk is begun, and none made shorter. */
  readonly mostMs: number;
}

/**
 * Random walks, each in a fresh state of the broker. @throws Failure of the
 * first that went wrong, with the fewest steps on which it still does
 */
export async function walksOf(
  world: World,
  { count, steps, together, tries, mostMs }: Walks,
): Promise<void> {
  const until = performance.now() + mostMs;
  for (let walked = 0; walked < count; walked += 1) {
    if (walked > 0 && performance.now() > until) return;
    const list = randomWalk(steps, together, world.random);
    let failure = await failureOn(world, list);
    if (failure === undefined) continue;
    const shortest = await shrink(
      list,
      async (candidate) => {
        if (performance.now() > until + mostMs) return false;
        const again = await failureOn(world, candidate);
        failure = again ?? failure;
        return again !== undefined;
      },
      tries,
    );
    const { assertion, expected, got } = failure;
    throw new Failure(assertion, expected, `${got}; ${stepsText(shortest)}`);
  }
}

async function failureOn(
  world: World,
  steps: readonly Step[],
): Promise<Failure | undefined> {
  const own = await world.again(world.defaultFlavour);
  try {
    await walk(own, steps);
    own.finish();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  } finally {
    for (const { process } of own.callers) process.kill();
  }
}

/** A walk in one line: what is between two semicolons is done at the same time. */
export function stepsText(steps: readonly Step[]): string {
  const told = steps.map(({ user, moves }) => {
    const asks = moves.some(({ does }) => does === "authorize");
    const all = moves.map(({ does, ...about }) =>
      [does, ...Object.entries(about).map(([key, of]) => `${key} ${of}`)].join(
        " ",
      ),
    );
    return `${all.join(" + ")}${asks ? ` (user: ${user})` : ""}`;
  });
  return `steps: ${told.join("; ")}`;
}
