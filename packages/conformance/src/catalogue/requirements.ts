// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  type Catalogue,
  type CatalogueCase,
  type Clause,
  isMust,
  packaged,
} from "./catalogue.ts";
import { matches } from "./pattern.ts";

/** How much is asked. */
export type ProfileName = "core" | "full" | "hardened";

/** What is not scored in a requirement set, and why. */
export interface NotScored {
  readonly clause?: string;
  readonly case?: string;
  readonly because: string;
}

/** What is asked of an implementation of a protocol version; frozen with it. */
export interface Requirements {
  readonly version: string;
  /** Since when nothing of it changes. */
  readonly frozen: string;
  readonly clauses: readonly string[];
  readonly cases: readonly string[];
  readonly notScored: readonly NotScored[];
  readonly profiles: Readonly<
    Record<
      ProfileName,
      {
        readonly clauses: readonly string[];
        readonly levels: readonly string[];
      }
    >
  >;
}

/** Versions there are sets for. */
export function requirementVersions(): readonly string[] {
  return readdirSync(packaged("requirements")).map((file) =>
    file.replace(/\.yaml$/, ""),
  );
}

/** The set of a version. @throws when there is none */
export function loadRequirements(version: string): Requirements {
  if (!requirementVersions().includes(version)) {
    throw new Error(
      `no requirements ${version}; there are: ${requirementVersions().join(", ")}`,
    );
  }
  return parse(
    readFileSync(packaged("requirements", `${version}.yaml`), "utf8"),
  ) as Requirements;
}

/** Which side is tried: brokers, SDKs, or both in one run. */
export type Side = Clause["side"] | "both";

/** The clauses of one side, or of both, that a profile asks for. */
export function clausesOf(
  catalogue: Catalogue,
  { clauses, notScored, profiles }: Requirements,
  profile: ProfileName,
  side: Side,
): readonly Clause[] {
  const { clauses: patterns, levels } = profiles[profile];
  const out = new Set(notScored.map(({ clause }) => clause));
  return clauses
    .map((id) => catalogue.clauses.get(id))
    .filter((clause) => clause !== undefined)
    .filter(
      (clause) =>
        (side === "both" || clause.side === side) &&
        !out.has(clause.id) &&
        levels.includes(isMust(clause) ? "MUST" : "SHOULD") &&
        patterns.some((pattern) => matches(pattern, clause.id)),
    );
}

/** Why what comes of a case is told but not counted; undefined: it is counted. */
export function unscored(
  { id }: Pick<CatalogueCase, "id">,
  { cases, notScored }: Requirements,
): string | undefined {
  const named = notScored.find((one) => one.case === id);
  if (named !== undefined) return named.because;
  return cases.includes(id)
    ? undefined
    : "added after the requirements were frozen";
}
