// SPDX-License-Identifier: Apache-2.0
import { Failure } from "../case/verdict.ts";
import { leakChecks } from "./leak-checks.ts";
import { processChecks } from "./process-checks.ts";
import { reportChecks } from "./report-checks.ts";
import { type Check, runChecks } from "./run-checks.ts";

/** Everything that has to be so of the suite itself, by name. */
export const runnerChecks: ReadonlyMap<string, Check> = new Map(
  [runChecks, processChecks, leakChecks, reportChecks].flatMap((checks) =>
    Object.entries(checks).map(
      ([name, check]) => [`runner/${name}`, check] as const,
    ),
  ),
);

/** A check that did not hold. */
export interface FailedCheck {
  readonly check: string;
  readonly assertion: string;
  readonly got: string;
}

/** Makes all of them, one after the other; what did not hold. */
export async function checkRunner(): Promise<readonly FailedCheck[]> {
  const failed: FailedCheck[] = [];
  for (const [check, holds] of runnerChecks) {
    try {
      await holds();
    } catch (error) {
      const { assertion, got } =
        error instanceof Failure
          ? error
          : { assertion: "it can be made", got: String(error) };
      failed.push({ check, assertion, got });
    }
  }
  return failed;
}
