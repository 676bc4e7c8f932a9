// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";

/** What somebody who is new has to do next. */
export type FirstStep = "create" | "recovery" | "integration" | "waiting";

/** The steps, in their order. */
export const firstSteps: readonly FirstStep[] = [
  "create",
  "recovery",
  "integration",
  "waiting",
];

/** What is known of somebody who may be new. */
export interface FirstFacts {
  readonly accounts: readonly AccountRef[];
  readonly integrationEnabled: boolean;
  /** The account was made on this page just now, and its recovery code was neither kept nor put off. */
  readonly owesRecovery: boolean;
}

/** The step that is due: each follows from what is so, none from what was clicked. */
export function dueStep(facts: FirstFacts): FirstStep {
  if (facts.accounts.length === 0) return "create";
  if (facts.owesRecovery) return "recovery";
  return facts.integrationEnabled ? "waiting" : "integration";
}

/** How a step stands to the one that is due. */
export function standing(
  step: FirstStep,
  due: FirstStep,
): "done" | "now" | "ahead" {
  const distance = firstSteps.indexOf(step) - firstSteps.indexOf(due);
  if (distance === 0) return "now";
  return distance < 0 ? "done" : "ahead";
}
