// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KillMatrix, killsFile, loadKills } from "../catalogue/kills.ts";
import { UsageError } from "../run/selection.ts";
import type { MutantResult } from "./kill-matrix.ts";
import type { Matrix } from "./matrix-gates.ts";

const matrixFile = "matrix.json";
const pageFile = "matrix.md";

/** Writes the matrix to a folder, as data and for people. */
export function writeMatrix(
  folder: string,
  matrix: Matrix,
  page: string,
): void {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify(matrix, undefined, 2);
  writeFileSync(join(folder, matrixFile), `${text}\n`);
  writeFileSync(join(folder, pageFile), page);
}

/** Mutants that were killed when the matrix was written there; none when there is none. */
export function killedBefore(folder: string): readonly MutantResult[] {
  const file = join(folder, matrixFile);
  if (!existsSync(file)) return [];
  const matrix = JSON.parse(readFileSync(file, "utf8")) as Matrix;
  if (matrix?.form !== 1)
    throw new UsageError(`${file}: no matrix of this suite`);
  return matrix.mutants.filter(({ verdict }) => verdict === "killed");
}

/** Mutants by letter, then by number. */
export function byId(a: string, b: string): number {
  return (
    a.charCodeAt(0) - b.charCodeAt(0) || Number(a.slice(1)) - Number(b.slice(1))
  );
}

/** Writes the matrix that reports quote; what was known of mutants that were not tried now stays. */
export function writeKills(results: readonly MutantResult[]): void {
  const known: Record<string, KillMatrix[string]> = { ...loadKills() };
  for (const { id, kills, verdict } of results) {
    // One that could not be tried says nothing against what is known.
    if (verdict === "survived") delete known[id];
    if (verdict !== "killed") continue;
    known[id] = kills.map(({ case: one, assertion }) => ({
      case: one,
      assertion,
    }));
  }
  const sorted = Object.entries(known).toSorted(([a], [b]) => byId(a, b));
  const text = JSON.stringify(Object.fromEntries(sorted), undefined, 2);
  writeFileSync(killsFile, `${text}\n`);
}
