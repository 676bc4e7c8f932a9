// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { nativeCaller } from "../caller/native-caller.ts";
import { brokerCases } from "../cases/index.ts";
import { type Catalogue, packaged } from "../catalogue/catalogue.ts";
import {
  clausesOf,
  type Requirements,
  unscored,
} from "../catalogue/requirements.ts";
import { machineFeatures, missingOnMachine } from "../environment/machine.ts";
import { ImplementationError } from "../implementation/broker-process.ts";
import type { CaseRecord, Results } from "../report/results.ts";
import { DriverError } from "../sdk/driver-process.ts";
import { type BaselineEntry, compare } from "./baseline.ts";
import type { Bench, Facts } from "./bench.ts";
import { conclude } from "./conclusion.ts";
import { shuffled } from "./random.ts";
import type { CaseResult } from "./run-cases.ts";
import { runSchedule } from "./schedule.ts";
import { select, type Wishes } from "./selection.ts";

/** A run of the suite. */
export interface SuiteRun {
  readonly catalogue: Catalogue;
  readonly requirements: Requirements;
  readonly mode: Results["mode"];
  readonly grade: Results["grade"];
  readonly wishes: Wishes;
  /** As given after `--`; told in the results. */
  readonly command: readonly string[];
  /** How it is tried, as options of the command line; told in the results. */
  readonly options?: readonly string[];
  readonly bench: () => Promise<Bench>;
  readonly seed: string;
  readonly order: "random" | "catalogue";
  readonly workers: number;
  readonly repeat: number;
  readonly baseline: readonly BaselineEntry[];
  readonly allowIncomplete: boolean;
  /** What mutants fail alike, from what is known of them. */
  readonly like?: (one: CaseRecord) => readonly string[];
  readonly onStart?: (total: number) => void;
  /** Told each case as it ends; with several workers in no order. */
  readonly onCase?: (one: CaseRecord, done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Told what was done so far when the implementation cannot be tried (any more). */
  readonly onStopped?: (results: Results) => void;
}

/** Name and version of this suite. */
export function suiteName(): string {
  const { version } = JSON.parse(
    readFileSync(packaged("package.json"), "utf8"),
  ) as { version: string };
  return `assent-conformance ${version}`;
}

/**
 * Runs what was chosen and says what it comes to.
 * @throws UsageError; ImplementationError and DriverError, after `onStopped`:
 * also when a control service does not do what every case begins with
 */
export async function runSuite(run: SuiteRun): Promise<Results> {
  const { catalogue, requirements, wishes, seed } = run;
  const chosen = select(catalogue, requirements, wishes);
  const began = new Date();
  const rounds: CaseRecord[][] = [];
  let facts: Facts | undefined;
  let stopped: unknown;
  const total = chosen.length * run.repeat;
  run.onStart?.(total);
  let done = 0;
  for (let round = 0; round < run.repeat; round += 1) {
    const roundSeed = round === 0 ? seed : `${seed}-${round}`;
    const ids = chosen.map(({ id }) => id);
    const records: CaseRecord[] = [];
    rounds.push(records);
    const running = runSchedule({
      ids: run.order === "random" ? shuffled(ids, roundSeed) : ids,
      seed: roundSeed,
      workers: run.workers,
      // Time is moved where there is a control service; a person does one thing at a time.
      ...(["hooks", "black-box"].includes(run.grade)
        ? { apart: lastsLong }
        : {}),
      signal: run.signal,
      async bench() {
        const bench = await run.bench();
        facts ??= bench.facts;
        return bench;
      },
      onResult(result) {
        if (result.controlFault !== undefined) {
          throw new ImplementationError(
            `the control service does not do what every case begins with: ${result.controlFault} (in ${result.id})`,
          );
        }
        done += 1;
        const record = recordOf(result, run);
        records.push(record);
        run.onCase?.(record, done, total);
      },
    });
    await running.catch((error: unknown) => {
      stopped = error;
    });
    if (run.signal?.aborted || stopped !== undefined) break;
  }
  if (stopped !== undefined && !isOfImplementation(stopped)) throw stopped;
  const order = new Map(chosen.map(({ id }, index) => [id, index]));
  const merged = mergeRounds(rounds).toSorted(
    (a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0),
  );
  const today = began.toISOString().slice(0, 10);
  const { cases, stale } = compare(merged, run.baseline, today);
  const isPart = [wishes.run, wishes.skip, wishes.clause].some(
    (patterns) => (patterns ?? []).length > 0,
  );
  const { clauses, conclusion } = conclude(cases, {
    clauses: clausesOf(catalogue, requirements, wishes.profile, wishes.side),
    stale,
    allowIncomplete: run.allowIncomplete,
    interrupted: run.signal?.aborted ?? false,
    isPart,
    stopped: stopped && (stopped as Error).message.split("\n")[0],
  });
  const results: Results = {
    form: 1,
    suite: suiteName(),
    mode: run.mode,
    requirements: requirements.version,
    frozen: requirements.frozen,
    profile: wishes.profile,
    seed,
    grade: run.grade,
    began: began.toISOString(),
    ms: Date.now() - began.getTime(),
    partial: (run.signal?.aborted ?? false) || stopped !== undefined,
    implementation: {
      name: facts?.name ?? "unknown",
      version: facts?.version ?? "",
      command: run.command,
      ...(run.options?.length ? { options: run.options } : {}),
      sha256: digests(run.command),
      capabilities: facts?.capabilities ?? [],
    },
    machine: {
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      features: await machineFacts(),
    },
    cases,
    clauses,
    conclusion,
  };
  if (stopped === undefined) return results;
  run.onStopped?.(results);
  throw stopped;
}

function isOfImplementation(error: unknown): error is Error {
  return error instanceof ImplementationError || error instanceof DriverError;
}

function lastsLong(id: string): boolean {
  const one = brokerCases.get(id);
  return one !== undefined && "lastsMs" in one;
}

function recordOf({ id, outcome, ms }: CaseResult, run: SuiteRun): CaseRecord {
  const known = run.catalogue.cases.get(id);
  const why = unscored({ id }, run.requirements);
  const { verdict, ...rest } = outcome;
  const record: CaseRecord = {
    id,
    clauses: known?.clauses ?? [],
    verdict,
    ms: Math.round(ms),
    ...rest,
    ...(why === undefined ? {} : { unscored: why }),
  };
  const like = verdict === "fail" ? (run.like?.(record) ?? []) : [];
  return like.length > 0 ? { ...record, like } : record;
}

const worst: readonly CaseRecord["verdict"][] = [
  "error",
  "fail",
  "not-run",
  "pending",
  "not-applicable",
  "pass",
];

/** Of each case the worst that came of it. */
export function mergeRounds(
  rounds: readonly (readonly CaseRecord[])[],
): CaseRecord[] {
  const byId = Map.groupBy(rounds.flat(), ({ id }) => id);
  return [...byId.values()].flatMap((all) => {
    const [first] = all.toSorted(
      (a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict),
    );
    if (first === undefined) return [];
    const isFlaky = all.some(({ verdict }) => verdict !== first.verdict);
    return [isFlaky ? { ...first, flaky: true as const } : first];
  });
}

/** What this machine has, by name; a text says what would bring what is missing. */
export async function machineFacts(): Promise<Record<string, string | null>> {
  const native = nativeCaller();
  const path = "path" in native ? native.path : undefined;
  const facts: Record<string, string | null> = {
    "C caller": "missing" in native ? native.missing : null,
  };
  for (const feature of machineFeatures) {
    facts[feature] = (await missingOnMachine(feature, path)) ?? null;
  }
  return facts;
}

function digests(command: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of command) {
    if (!path.includes("/") || !existsSync(path)) continue;
    if (!statSync(path).isFile()) continue;
    const digest = createHash("sha256").update(readFileSync(path));
    found[path] = digest.digest("hex");
  }
  return found;
}
