// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { killsFile } from "../catalogue/kills.ts";
import { configurationFile, readConfiguration } from "../cli/configuration.ts";
import type { Io } from "../cli/io.ts";
import { createBrokerBench } from "../run/broker-bench.ts";
import { exits } from "../run/conclusion.ts";
import { newSeed } from "../run/random.ts";
import { UsageError } from "../run/selection.ts";
import type { MutantResult } from "./kill-matrix.ts";
import { isSound, selftest } from "./selftest.ts";

/** What `selftest` takes on the command line. */
export interface SelftestCommandOptions {
  /** Ids; none: all, and what is not broken too. */
  readonly mutant?: readonly string[];
  readonly seed?: string;
  readonly rounds: number;
  readonly parallel: number;
  /** Of one case, seconds. */
  readonly timeout: number;
  readonly first?: boolean;
  /** Writes the matrix that reports quote. */
  readonly write?: boolean;
}

/** Tries the suite on mutants; the exit code. */
export async function selftestCommand(
  io: Io,
  options: SelftestCommandOptions,
): Promise<number> {
  const { broker } = readConfiguration();
  const { mutantVariable } = broker ?? {};
  if (broker === undefined || mutantVariable === undefined) {
    throw new UsageError(
      `${configurationFile}: "broker" needs "mutantVariable", which makes a mutant of it`,
    );
  }
  const catalogue = loadCatalogue();
  const { without = {}, command, release } = broker;
  for (const id of options.mutant ?? []) {
    if (!catalogue.mutants.has(id)) throw new UsageError(`no mutant ${id}`);
    if (without[id]) throw new UsageError(`${id}: ${without[id]}`);
  }
  const say = (text: string) => io.stdout.write(`${text}\n`);
  const seed = options.seed ?? newSeed();
  const began = performance.now();
  const result = await selftest({
    side: "broker",
    catalogue,
    seed,
    only: options.mutant ?? [],
    without: Object.keys(without),
    rounds: options.mutant ? 0 : options.rounds,
    workers: options.parallel,
    stopsAtFirst: options.first ?? false,
    bench: (mutant) =>
      createBrokerBench({
        command,
        release,
        timeoutMs: options.timeout * 1_000,
        ...(mutant === undefined ? {} : { env: { [mutantVariable]: mutant } }),
      }),
    onCase: ({ id, outcome }, own) => {
      if (outcome.verdict !== "fail" && outcome.verdict !== "error") return;
      say(`  ${id} (seed ${own})  ${JSON.stringify(outcome)}`);
    },
    onMutant: (one) => say(lineOf(one)),
  });
  if (options.write) writeMatrix(result.mutants);
  const count = (verdict: MutantResult["verdict"]) =>
    result.mutants.filter((one) => one.verdict === verdict).length;
  say(
    `\n${result.mutants.length} mutants: ${count("killed")} killed, ${count("survived")} survived, ${count("broken")} broken, ${count("not tried")} not tried; ${result.faults.length} cases failed on what is not broken   seed ${seed}   ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  if (!isSound(result)) return exits.failed;
  return count("not tried") > 0 ? exits.incomplete : exits.conforms;
}

function lineOf({ mutant, verdict, kills, why, ms }: MutantResult): string {
  const head = `  ${mutant.id.padEnd(5)}${verdict.padEnd(10)}${mutant.clause.padEnd(9)}${mutant.what} (${ms} ms)`;
  const by = kills.map(
    ({ case: id, assertion, got }) => `${id}: ${assertion}: ${got}`,
  );
  const notes = verdict === "killed" ? by : why;
  return [
    head,
    ...notes.map((note) => `           ${note.slice(0, 300)}`),
  ].join("\n");
}

/** What was known of mutants that were not tried now stays. */
function writeMatrix(results: readonly MutantResult[]): void {
  const known = existsSync(killsFile)
    ? JSON.parse(readFileSync(killsFile, "utf8"))
    : {};
  for (const { mutant, kills } of results) {
    if (kills.length === 0) continue;
    known[mutant.id] = kills.map(({ case: id, assertion }) => ({
      case: id,
      assertion,
    }));
  }
  const number = (id: string) => Number(id.slice(1));
  const sorted = Object.entries(known).toSorted(
    ([a], [b]) =>
      (a[0] ?? "").localeCompare(b[0] ?? "") || number(a) - number(b),
  );
  const text = JSON.stringify(Object.fromEntries(sorted), undefined, 2);
  writeFileSync(killsFile, `${text}\n`);
}
