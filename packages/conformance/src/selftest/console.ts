// SPDX-License-Identifier: Apache-2.0
import type { Io } from "../cli/io.ts";
import type { MutantResult } from "./kill-matrix.ts";
import { type Gates, idleCases, type Matrix } from "./matrix-gates.ts";

const noteLength = 300;

/** Milliseconds, as people read them. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** A mutant, and what noticed it. */
export function mutantLines(
  { id, what, noticedBy, verdict, kills, why, others, ms }: MutantResult,
  done: number,
  total: number,
): string {
  const head = `  [${done}/${total}] ${id.padEnd(5)}${verdict.padEnd(10)}${noticedBy.padEnd(8)} ${what} (${seconds(ms)})`;
  const by = kills.map((one) => `${one.case}: ${one.assertion}: ${one.got}`);
  const notes = verdict === "killed" ? by : why;
  const beside = others.map(
    (one) => `also ${one.case}: ${one.assertion}: ${one.got}`,
  );
  return [head, ...[...notes, ...beside].map(note)].join("\n");
}

/** What it comes to. */
export function conclusionLines(matrix: Matrix, gates: Gates): string {
  const { mutants, faults, seed } = matrix;
  const count = (verdict: MutantResult["verdict"]) =>
    mutants.filter((one) => one.verdict === verdict).length;
  const lines: string[] = [""];
  for (const [gate, wrong] of Object.entries(gates)) {
    if (wrong.length > 0) lines.push(`  ✘ ${gate}`, ...wrong.map(note));
  }
  lines.push(
    `  ${idleCases(matrix).length} cases noticed no mutant of their rules`,
    `  ${mutants.length} mutants: ${count("killed")} killed, ${count("survived")} survived, ${count("broken")} broken, ${count("not tried")} not tried; ${faults.length} failures of what is not broken   seed ${seed}`,
  );
  return lines.join("\n");
}

function note(text: string): string {
  return `      ${text.replaceAll("\n", " ").slice(0, noteLength)}`;
}

/** On a terminal how far it is, in one line that is written over. */
export function progress(
  io: Io,
  name: string,
  rounds: number,
): (one: { readonly id: string }, round: number) => void {
  let done = 0;
  return ({ id }, round) => {
    done += 1;
    if (io.stderr.isTTY !== true) return;
    const line = `${name}, round ${round}/${rounds}, ${done}  ${id}`;
    io.stderr.write(`\r\u001b[K${line.slice(0, 78)}\r`);
  };
}
