// SPDX-License-Identifier: Apache-2.0
import { type Configuration, configurationFile } from "../cli/configuration.ts";
import { createBrokerBench } from "../run/broker-bench.ts";
import { UsageError } from "../run/selection.ts";
import { createSdkBench } from "../sdk/sdk-bench.ts";
import type { SelftestSubject } from "./selftest.ts";

/** A subject, and what can be broken of it. */
export interface ConfiguredSubject extends SelftestSubject {
  /** Whether mutants are made of it. */
  readonly isBreakable: boolean;
  readonly without: Readonly<Record<string, string>>;
}

/** The broker and the SDKs of the configuration. `timeoutMs`: of one case. */
export function subjectsOf(
  { broker, sdks = {} }: Configuration,
  timeoutMs: number,
): readonly ConfiguredSubject[] {
  const subjects: ConfiguredSubject[] = [];
  const variable = (name: string | undefined, mutant: string | undefined) =>
    name === undefined || mutant === undefined
      ? {}
      : { env: { [name]: mutant } };
  if (broker !== undefined) {
    const { command, release, mutantVariable, without = {} } = broker;
    subjects.push({
      name: "broker",
      side: "broker",
      isBreakable: mutantVariable !== undefined,
      without,
      bench: (mutant) =>
        createBrokerBench({
          command,
          release,
          timeoutMs,
          ...variable(mutantVariable, mutant),
        }),
    });
  }
  for (const [name, sdk] of Object.entries(sdks)) {
    const { command, mutantVariable, without = {} } = sdk;
    subjects.push({
      name,
      side: "sdk",
      isBreakable: mutantVariable !== undefined,
      without,
      bench: (mutant) =>
        createSdkBench({
          command,
          framing: "proto",
          timeoutMs,
          ...variable(mutantVariable, mutant),
        }),
    });
  }
  if (subjects.length > 0) return subjects;
  throw new UsageError(`${configurationFile} names nothing to try`);
}
