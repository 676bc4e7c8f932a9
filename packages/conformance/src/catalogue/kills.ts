// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import type { CaseRecord } from "../report/results.ts";
import { packaged } from "./catalogue.ts";

/** Which cases a mutant failed, and what was looked at when it did. */
export type KillMatrix = Readonly<
  Record<
    string,
    readonly { readonly case: string; readonly assertion: string }[]
  >
>;

/** Where the matrix of this package is, once `selftest` has made one. */
export const killsFile: string = packaged("catalogue", "kills.json");

/** The matrix of this package; empty before there is one. */
export function loadKills(file: string = killsFile): KillMatrix {
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as KillMatrix)
    : {};
}

/** What mutants are known to fail a case alike: first those that fail little else. At most three. */
export function likeMutants(
  file: string = killsFile,
): (one: Pick<CaseRecord, "id" | "assertion">) => readonly string[] {
  const matrix = loadKills(file);
  return ({ id, assertion }) =>
    Object.entries(matrix)
      .filter(([, kills]) =>
        kills.some((kill) => kill.case === id && kill.assertion === assertion),
      )
      .toSorted(([, a], [, b]) => a.length - b.length)
      .map(([mutant]) => mutant)
      .slice(0, 3);
}
