// SPDX-License-Identifier: Apache-2.0
import type { Catalogue, Clause } from "../catalogue/catalogue.ts";
import {
  type Configuration,
  configurationFile,
  type Subject,
} from "../cli/configuration.ts";
import { UsageError } from "../run/selection.ts";
import { byId } from "./matrix-file.ts";
import { loadRunnerMutants, type RunnerMutant } from "./runner-mutants.ts";
import { type ConfiguredSubject, subjectsOf } from "./subjects.ts";

/** What a self-test tries. */
export interface Plan {
  readonly subjects: readonly ConfiguredSubject[];
  /** Mutants of brokers and SDKs, each with what it is made of. */
  readonly broken: readonly {
    readonly subject: ConfiguredSubject;
    readonly ids: readonly string[];
  }[];
  readonly runner: Subject | undefined;
  readonly runnerMutants: readonly RunnerMutant[];
  /** Mutants of all kinds. */
  readonly total: number;
  /** Mutants that cannot be made here. */
  readonly without: readonly string[];
}

/** `asked`: ids, also several with commas; undefined: all. @throws UsageError */
export function planOf(
  configuration: Configuration,
  { mutants, clauses }: Catalogue,
  timeoutMs: number,
  asked: readonly string[] | undefined,
): Plan {
  const subjects = subjectsOf(configuration, timeoutMs);
  const reasons: Readonly<Record<string, string>> = Object.assign(
    {},
    ...subjects.map(({ without }) => without),
  );
  const wanted = asked?.flatMap((ids) => ids.split(","));
  const isWanted = ({ id }: { readonly id: string }) =>
    reasons[id] === undefined && (wanted?.includes(id) ?? true);
  const ofSide = (side: Clause["side"]) =>
    [...mutants.values()]
      .filter(({ clause }) => clauses.get(clause)?.side === side)
      .filter(isWanted)
      .map(({ id }) => id)
      .toSorted(byId);
  const broken = (["broker", "sdk"] as const).flatMap((side) => {
    const subject = subjects.find(
      (one) => one.isBreakable && one.side === side,
    );
    return subject === undefined ? [] : [{ subject, ids: ofSide(side) }];
  });
  const { runner } = configuration;
  const runnerMutants =
    runner?.mutantVariable === undefined
      ? []
      : loadRunnerMutants().filter(isWanted);
  const all = [
    ...broken.flatMap(({ ids }) => ids),
    ...runnerMutants.map(({ id }) => id),
  ];
  for (const id of wanted ?? []) {
    if (reasons[id]) throw new UsageError(`${id}: ${reasons[id]}`);
    if (all.includes(id)) continue;
    throw new UsageError(
      `no mutant ${id}, or ${configurationFile} names nothing that it can be made of`,
    );
  }
  if (all.length === 0) {
    throw new UsageError(
      `${configurationFile}: nothing has "mutantVariable", which makes mutants of it`,
    );
  }
  return {
    subjects,
    broken,
    runner,
    runnerMutants,
    total: all.length,
    without: Object.keys(reasons),
  };
}
