// SPDX-License-Identifier: Apache-2.0
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { likeMutants } from "../catalogue/kills.ts";
import { loadRequirements, type Side } from "../catalogue/requirements.ts";
import { conclusionText, heading, paint } from "../report/console.ts";
import type { Results } from "../report/results.ts";
import { names, writeReports } from "../report/write-reports.ts";
import { checkNames, readBaseline, updatedBaseline } from "../run/baseline.ts";
import { exits } from "../run/conclusion.ts";
import { newSeed } from "../run/random.ts";
import { runSuite, type SuiteRun } from "../run/run-suite.ts";
import { UsageError } from "../run/selection.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { replayLine } from "./replay.ts";

/** What differs between the modes. */
export interface RunSubject
  extends Pick<SuiteRun, "mode" | "grade" | "command" | "options" | "bench"> {
  readonly side: Side;
}

/** Runs the suite on something and says what came of it; the exit code. */
export async function runCommand(
  io: Io,
  subject: RunSubject,
  options: RunOptions,
): Promise<number> {
  const catalogue = loadCatalogue();
  const requirements = requirementsOf(options.requirements);
  if (options.updateBaseline && options.baseline === undefined) {
    throw new UsageError("--update-baseline needs --baseline FILE");
  }
  const isNew =
    options.updateBaseline &&
    options.baseline !== undefined &&
    !existsSync(options.baseline);
  const baseline =
    options.baseline === undefined || isNew
      ? []
      : readBaseline(options.baseline);
  checkNames(baseline, catalogue.cases, catalogue.clauses);
  const ink = paint(io.stdout.isTTY === true && !process.env["NO_COLOR"]);
  const isByHand = subject.grade === "interactive";
  const progress = progressLine(io);
  const folder = options.out;
  function tell(results: Results): void {
    progress.clear();
    const again = (id: string) =>
      replayLine(results, folder && join(folder, names.json), id);
    if (folder !== undefined) writeReports(folder, results, catalogue, again);
    // Of what never started there is nothing to tell but why.
    const { cases, conclusion } = results;
    if (conclusion.exit === exits.implementation && cases.length === 0) return;
    io.stdout.write(`${heading(results, ink)}\n`);
    io.stdout.write(`${conclusionText(results, catalogue, ink, again)}\n`);
  }
  const results = await runSuite({
    ...subject,
    catalogue,
    requirements,
    wishes: {
      side: subject.side,
      profile: options.profile,
      ...(options.run ? { run: options.run } : {}),
      ...(options.skip ? { skip: options.skip } : {}),
      ...(options.clause ? { clause: options.clause } : {}),
    },
    seed: options.seed ?? newSeed(),
    order: options.order,
    workers: options.debug || isByHand ? 1 : options.parallel,
    repeat: options.repeat,
    baseline,
    allowIncomplete: options.allowIncomplete ?? false,
    like: likeMutants(),
    onCase: progress.show,
    signal: io.signal,
    onStopped: (results) => tell(results),
  });
  tell(results);
  if (options.updateBaseline && options.baseline !== undefined) {
    const until = new Date(Date.parse(results.began) + 90 * 24 * 3_600_000);
    writeFileSync(
      options.baseline,
      updatedBaseline(
        results.cases,
        baseline,
        until.toISOString().slice(0, 10),
      ),
    );
    io.stdout.write(`  ${options.baseline}: written\n`);
  }
  return results.conclusion.exit;
}

function requirementsOf(version: string) {
  try {
    return loadRequirements(version);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** On a terminal how far it is, in one line that is written over. */
function progressLine(io: Io): {
  readonly show: NonNullable<SuiteRun["onCase"]>;
  readonly clear: () => void;
} {
  if (io.stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  let failed = 0;
  return {
    show({ id, verdict }, done, total) {
      if (verdict === "fail" || verdict === "error") failed += 1;
      const bad = failed > 0 ? `, ${failed} failed` : "";
      io.stderr.write(`\r\u001b[K${done}/${total}${bad}  ${id}`.slice(0, 78));
    },
    clear: () => io.stderr.write("\r\u001b[K"),
  };
}
