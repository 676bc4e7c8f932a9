// SPDX-License-Identifier: Apache-2.0
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { loadRequirements } from "../catalogue/requirements.ts";
import type { Results } from "../report/results.ts";
import type { Outcome } from "../run/run-cases.ts";
import { runSuite, type SuiteRun } from "../run/run-suite.ts";

/** A run of the suite in which nothing is tried: what comes of each case is given. */
export interface ScriptedRun {
  readonly results: Results;
  /** Each case that was run, with its seed, in this order. */
  readonly ran: readonly { readonly id: string; readonly seed: string }[];
}

const passes: Outcome = { verdict: "pass" };

/** Runs the suite for brokers on outcomes that are given; all else passes. */
export async function runScripted(
  outcomes: Readonly<Record<string, Outcome>> = {},
  more: Partial<SuiteRun> = {},
): Promise<ScriptedRun> {
  const ran: { id: string; seed: string }[] = [];
  const results = await runSuite({
    catalogue: loadCatalogue(),
    requirements: loadRequirements("1.0"),
    mode: "broker",
    grade: "control",
    wishes: { side: "broker", profile: "full" },
    command: [],
    bench: async () => ({
      facts: {
        name: "scripted",
        version: "",
        protocolVersions: [],
        capabilities: [],
      },
      async run(id, seed) {
        ran.push({ id, seed });
        return { id, outcome: outcomes[id] ?? passes, ms: 0 };
      },
      close: async () => {},
    }),
    seed: "a seed",
    order: "random",
    workers: 3,
    repeat: 1,
    baseline: [],
    allowIncomplete: false,
    ...more,
  });
  return { results, ran };
}
