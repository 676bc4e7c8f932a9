// SPDX-License-Identifier: Apache-2.0
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { loadRequirements } from "../catalogue/requirements.ts";
import { configurationFile, readConfiguration } from "../cli/configuration.ts";
import type { Io } from "../cli/io.ts";
import { exits } from "../run/conclusion.ts";
import { newSeed } from "../run/random.ts";
import { suiteName } from "../run/run-suite.ts";
import { UsageError } from "../run/selection.ts";
import type { MutantResult } from "./kill-matrix.ts";
import { byId, killedBefore, writeKills, writeMatrix } from "./matrix-file.ts";
import { type Fault, idleCases, judge, type Matrix } from "./matrix-gates.ts";
import { matrixPage } from "./matrix-report.ts";
import {
  checkRunner,
  type FailedCheck,
  runnerChecks,
} from "./runner-checks.ts";
import { checkLine, loadRunnerMutants, tryRunner } from "./runner-mutants.ts";
import { runRounds, tryMutants } from "./selftest.ts";
import { subjectsOf } from "./subjects.ts";

/** What `selftest` takes on the command line. */
export interface SelftestCommandOptions {
  /** Ids, also several with commas; none: all, and what is not broken too. */
  readonly mutant?: readonly string[];
  /** Only the checks of the runner itself. */
  readonly checks?: boolean;
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
  if (options.checks) return await checksAlone(say);
  if (options.resume && options.out === undefined) {
    throw new UsageError("--resume needs --out FOLDER");
  }
  const configuration = readConfiguration();
  const subjects = subjectsOf(configuration, options.timeout * 1_000);
  const catalogue = loadCatalogue();
  const requirements = loadRequirements("1.0");
  const { runner } = configuration;
  const runnerMutants = loadRunnerMutants();
  const without = Object.assign({}, ...subjects.map((one) => one.without));
  const breakable = (side: string) =>
    subjects.find((one) => one.isBreakable && one.side === side);
  const all = [
    ...[...catalogue.mutants.values()]
      .filter(({ clause }) =>
        breakable(catalogue.clauses.get(clause)?.side ?? ""),
      )
      .map(({ id }) => id),
    ...(runner?.mutantVariable ? runnerMutants.map(({ id }) => id) : []),
  ].filter((id) => !without[id]);
  const asked = options.mutant?.flatMap((ids) => ids.split(","));
  for (const id of asked ?? []) {
    if (without[id]) throw new UsageError(`${id}: ${without[id]}`);
    if (!all.includes(id)) {
      throw new UsageError(
        `no mutant ${id}, or ${configurationFile} names nothing it can be made of`,
      );
    }
  }
  if (all.length === 0) {
    throw new UsageError(
      `${configurationFile}: nothing has "mutantVariable", which makes mutants of it`,
    );
  }
  const ids = all.filter((id) => asked?.includes(id) ?? true).toSorted(byId);
  const seed = options.seed ?? newSeed();
  const rounds = asked === undefined ? options.rounds : 0;
  const began = performance.now();
  const mutants: MutantResult[] = options.resume
    ? killedBefore(options.out ?? "").filter(({ id }) => ids.includes(id))
    : [];
  const faults: Fault[] = [];
  let checks: readonly FailedCheck[] | undefined;
  const matrix = (): Matrix => ({
    form: 1,
    suite: suiteName(),
    seed,
    rounds,
    faults,
    ...(checks === undefined ? {} : { checks }),
    mutants: mutants.toSorted((a, b) => byId(a.id, b.id)),
  });
  const gates = () =>
    judge(matrix(), catalogue, requirements, Object.keys(without));
  const save = () => {
    if (options.out === undefined) return;
    writeMatrix(options.out, matrix(), matrixPage(matrix(), gates()));
  };
  const onMutant = (one: MutantResult) => {
    mutants.push(one);
    say(lineOf(one, mutants.length, ids.length));
    save();
  };
  const left = ids.filter((id) => !mutants.some((one) => one.id === id));

  if (asked === undefined) {
    checks = await checkRunner();
    for (const one of checks) say(checkLine(one));
    for (const subject of subjects) {
      const found = await runRounds(subject, {
        catalogue,
        rounds,
        seed,
        workers: options.parallel,
        onCase: progress(io, subject.name, rounds),
      });
      faults.push(...found);
      say(
        `  ${subject.name}, not broken: ${rounds} rounds, ${found.length} failures`,
      );
      for (const one of found) {
        say(
          `    round ${one.round} (seed ${one.seed})  ${one.case}: ${one.got}`,
        );
      }
      save();
    }
  }
  for (const side of ["broker", "sdk"] as const) {
    const subject = breakable(side);
    if (subject === undefined) continue;
    const own = left.filter((id) => {
      const clause = catalogue.mutants.get(id)?.clause ?? "";
      return catalogue.clauses.get(clause)?.side === side;
    });
    await tryMutants(subject, {
      catalogue,
      ids: own,
      seed,
      workers: options.parallel,
      stopsAtFirst: options.first ?? false,
      isFull: options.full ?? false,
      onMutant,
      signal: io.signal,
    });
  }
  for (const mutant of runnerMutants) {
    if (!left.includes(mutant.id) || io.signal?.aborted) continue;
    const { command, mutantVariable = "" } = runner ?? {};
    if (command === undefined) continue;
    onMutant(
      await tryRunner(mutant, {
        command,
        env: { [mutantVariable]: mutant.id },
      }),
    );
  }
  save();
  if (options.write) writeKills(mutants);
  return conclude();

  function conclude(): number {
    const count = (verdict: MutantResult["verdict"]) =>
      mutants.filter((one) => one.verdict === verdict).length;
    let isSound = true;
    say("");
    for (const [gate, wrong] of Object.entries(gates())) {
      if (wrong.length === 0) continue;
      isSound = false;
      say(`  ✘ ${gate}`);
      for (const one of wrong) say(`      ${one.slice(0, 300)}`);
    }
    if (asked === undefined) {
      const idle = idleCases(matrix());
      say(
        `  ${idle.length} cases noticed no mutant of their rules${options.out === undefined ? "" : ` (${options.out})`}`,
      );
    }
    say(
      `  ${mutants.length} of ${ids.length} mutants: ${count("killed")} killed, ${count("survived")} survived, ${count("broken")} broken, ${count("not tried")} not tried; ${faults.length} failures of what is not broken   seed ${seed}   ${seconds(performance.now() - began)}`,
    );
    if (io.signal?.aborted) return exits.interrupted;
    if (!isSound) return exits.failed;
    return count("not tried") > 0 ? exits.incomplete : exits.conforms;
  }
}

async function checksAlone(say: (text: string) => void): Promise<number> {
  const failed = await checkRunner();
  for (const one of failed) say(checkLine(one));
  say(
    `  ${runnerChecks.size} checks of the runner: ${failed.length} do not hold`,
  );
  return failed.length === 0 ? exits.conforms : exits.failed;
}

function lineOf(
  { id, what, noticedBy, verdict, kills, why, others, ms }: MutantResult,
  done: number,
  total: number,
): string {
  const head = `  [${done}/${total}] ${id.padEnd(5)}${verdict.padEnd(10)}${noticedBy.padEnd(9)} ${what} (${seconds(ms)})`;
  const by = kills.map((one) => `${one.case}: ${one.assertion}: ${one.got}`);
  const notes = verdict === "killed" ? by : why;
  const beside = others.map(
    (one) => `also ${one.case}: ${one.assertion}: ${one.got}`,
  );
  return [
    head,
    ...[...notes, ...beside].map((note) => `      ${note.slice(0, 300)}`),
  ].join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** On a terminal how far it is, in one line that is written over. */
function progress(io: Io, name: string, rounds: number) {
  let done = 0;
  return ({ id }: { readonly id: string }, round: number) => {
    done += 1;
    if (io.stderr.isTTY !== true) return;
    const line = `${name}, round ${round}/${rounds}, ${done}  ${id}`;
    io.stderr.write(`\r\u001b[K${line.slice(0, 78)}\r`);
  };
}
