// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A rule. Its id is stable for ever. */
export interface Clause {
  readonly id: string;
  readonly level: "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT";
  /** Who keeps it. */
  readonly side: "broker" | "sdk";
  readonly text: string;
}

/** How a case gets at what it judges. */
export type Mode =
  /** Over the endpoint alone; prompts are decided by whatever the run has. */
  | "black-box"
  /** With the control service. */
  | "control"
  /** With what processes do: fork, exec, exit. */
  | "processes"
  /** Real time is the subject. */
  | "real-time"
  /** Of an SDK, against a scripted broker. */
  | "sdk";

/** A case as it is written down: what is done, and what must come of it. */
export interface CatalogueCase {
  readonly id: string;
  readonly clauses: readonly string[];
  readonly mode: Mode;
  readonly does: string;
  readonly expects: string;
}

/** A broker or an SDK broken on purpose. */
export interface Mutant {
  readonly id: string;
  readonly what: string;
  /** That must notice. */
  readonly clause: string;
  /** That notices. */
  readonly case: string;
  /** Clauses that it breaks as well: their cases may fail too. */
  readonly also?: readonly string[];
}

/** Everything that is written down about rules, cases and mutants. */
export interface Catalogue {
  readonly clauses: ReadonlyMap<string, Clause>;
  readonly cases: ReadonlyMap<string, CatalogueCase>;
  readonly mutants: ReadonlyMap<string, Mutant>;
}

/** What comes with the package: a file of it, by its path in the package. */
export function packaged(...path: readonly string[]): string {
  return fileURLToPath(
    new URL(join("..", "..", ...path), new URL(".", import.meta.url)),
  );
}

let read: Catalogue | undefined;

/** The catalogue of this package, which is read once. @throws when two entries have one id */
export function loadCatalogue(): Catalogue {
  read ??= {
    clauses: byId(rows<Clause>("clauses.yaml")),
    cases: byId([
      ...rows<CatalogueCase>("broker-cases.yaml"),
      ...rows<CatalogueCase>("sdk-cases.yaml"),
    ]),
    mutants: byId(rows<Mutant>("mutants.yaml")),
  };
  return read;
}

/** Whether a clause must be kept, and not only should. */
export function isMust({ level }: Clause): boolean {
  return level.startsWith("MUST");
}

function rows<T>(file: string): T[] {
  return parse(readFileSync(packaged("catalogue", file), "utf8")) as T[];
}

function byId<T extends { readonly id: string }>(
  all: readonly T[],
): Map<string, T> {
  const map = new Map<string, T>();
  for (const one of all) {
    if (map.has(one.id)) throw new Error(`${one.id} is there twice`);
    map.set(one.id, one);
  }
  return map;
}
