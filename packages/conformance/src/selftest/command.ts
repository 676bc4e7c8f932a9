// SPDX-License-Identifier: Apache-2.0
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { loadRequirements } from "../catalogue/requirements.ts";
import { readConfiguration } from "../cli/configuration.ts";
import type { Io } from "../cli/io.ts";
import { exits } from "../run/conclusion.ts";
import { newSeed } from "../run/random.ts";
import { suiteName } from "../run/run-suite.ts";
import { UsageError } from "../run/selection.ts";
import { conclusionLines, mutantLines, progress, seconds } from "./console.ts";
import type { MutantResult } from "./kill-matrix.ts";
import { byId, killedBefore, writeKills, writeMatrix } from "./matrix-file.ts";
import { type Fault, judge, type Matrix } from "./matrix-gates.ts";
import { matrixPage } from "./matrix-report.ts";
import { planOf } from "./plan.ts";
import {
  checkRunner,
  type FailedCheck,
  runnerChecks,
} from "./runner-checks.ts";
import { checkLine, tryRunner } from "./runner-mutants.ts";
import { runRounds, tryMutants } from "./selftest.ts";

/** What `selftest` takes on the command line. */
export interface SelftestCommandOptions {
  /** Ids, also several with commas; none: all, and what is not broken too. */
  readonly mutant?: readonly string[];
  /** Only the checks of the runner itself. */
  readonly checks?: boolean;
  /** Only what is not broken. */
  readonly unbroken?: boolean;
  readonly seed?: string;
  readonly rounds: number;
  readonly parallel: number;
  /** Of one case, seconds. */
  readonly timeout: number;
  readonly first?: boolean;
  /** All cases on each mutant. */
  readonly full?: boolean;
  /** Where the matrix is written, after each mutant. */
  readonly out?: string;
  /** Mutants that were killed according to that folder are not tried again. */
  readonly resume?: boolean;
  /** Writes the matrix that reports quote. */
  readonly write?: boolean;
}

/** Tries the suite on what is broken on purpose; the exit code. */
export async function selftestCommand(
  io: Io,
  options: SelftestCommandOptions,
): Promise<number> {
  const say = (text: string) => io.stdout.write(`${text}\n`);
  const { mutant: asked, out, seed = newSeed(), parallel: workers } = options;
  if (options.resume && out === undefined) {
    throw new UsageError("--resume needs --out FOLDER");
  }
  const begins = asked === undefined || options.checks || options.unbroken;
  const checks = begins ? await checkRunner() : undefined;
  for (const one of checks ?? []) say(checkLine(one));
  if (checks && options.checks) return checksAlone(say, checks);

  const catalogue = loadCatalogue();
  const requirements = loadRequirements("1.0");
  const timeoutMs = options.timeout * 1_000;
  const plan = planOf(readConfiguration(), catalogue, timeoutMs, asked);
  const rounds = begins ? options.rounds : 0;
  const faults: Fault[] = [];
  const mutants: MutantResult[] =
    options.resume && out !== undefined ? [...killedBefore(out)] : [];
  const isLeft = (id: string) =>
    !options.unbroken && !mutants.some((one) => one.id === id);
  const matrix = (): Matrix => ({
    form: 1,
    suite: suiteName(),
    seed,
    rounds,
    faults,
    ...(checks === undefined ? {} : { checks }),
    mutants: mutants.toSorted((a, b) => byId(a.id, b.id)),
  });
  const gates = () => judge(matrix(), catalogue, requirements, plan.without);
  const save = () => {
    if (out === undefined) return;
    writeMatrix(out, matrix(), matrixPage(matrix(), gates()));
  };
  const onMutant = (one: MutantResult) => {
    mutants.push(one);
    say(mutantLines(one, mutants.length, plan.total));
    save();
  };
  const { signal } = io;

  for (const subject of rounds > 0 ? plan.subjects : []) {
    const { name } = subject;
    const found = await runRounds(subject, {
      catalogue,
      requirements,
      rounds,
      seed,
      workers,
      signal,
      onCase: progress(io, name, rounds),
      onRound: (round, ms) =>
        say(`  ${name}, round ${round}/${rounds} (${seconds(ms)})`),
    });
    faults.push(...found);
    save();
  }
  for (const { subject, ids } of plan.broken) {
    await tryMutants(subject, {
      catalogue,
      ids: ids.filter(isLeft),
      seed,
      workers,
      stopsAtFirst: options.first ?? false,
      isFull: options.full ?? false,
      onMutant,
      signal,
    });
  }
  const { command, mutantVariable = "" } = plan.runner ?? {};
  for (const mutant of plan.runnerMutants) {
    if (!command || !isLeft(mutant.id) || signal?.aborted) continue;
    const env = { [mutantVariable]: mutant.id };
    onMutant(await tryRunner(mutant, { command, env }));
  }
  save();
  if (options.write) writeKills(mutants);
  say(conclusionLines(matrix(), gates()));
  if (signal?.aborted) return exits.interrupted;
  if (Object.values(gates()).flat().length > 0) return exits.failed;
  const isWhole = mutants.every(({ verdict }) => verdict === "killed");
  return isWhole ? exits.conforms : exits.incomplete;
}

function checksAlone(
  say: (text: string) => void,
  failed: readonly FailedCheck[],
): number {
  say(
    `  ${runnerChecks.size} checks of the runner: ${failed.length} do not hold`,
  );
  return failed.length === 0 ? exits.conforms : exits.failed;
}
