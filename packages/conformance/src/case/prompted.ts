// SPDX-License-Identifier: Apache-2.0
import type { Prompt } from "@assent/protocol/conformance";
import type { Answer } from "../wire/answer.ts";
import { notServed } from "./check.ts";
import type { World } from "./world.ts";

/**
 * The prompt that a call brought up. Undefined: the broker refused to ask,
 * which is lawful where it cannot tell who calls; fails when it served instead.
 */
export async function promptOf(
  world: World,
  asked: Promise<Answer<unknown>>,
): Promise<Prompt | undefined> {
  const shown = world.user.pending();
  // Nobody waits for it when the call was answered.
  shown.catch(() => {});
  const first = await Promise.race([
    shown.then(([prompt]) => prompt),
    asked.then(() => undefined),
  ]);
  if (first === undefined) notServed("Authorize without a prompt", await asked);
  return first;
}
