// SPDX-License-Identifier: Apache-2.0
import type {
  Catalogue,
  CatalogueCase,
  Clause,
} from "../catalogue/catalogue.ts";
import { matches } from "../catalogue/pattern.ts";
import {
  clausesOf,
  type ProfileName,
  type Requirements,
  type Side,
} from "../catalogue/requirements.ts";

/** The command line asks for what does not exist, or for nothing. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Which cases. */
export interface Wishes {
  readonly side: Side;
  readonly profile: ProfileName;
  /** Patterns of names; none: all. */
  readonly run?: readonly string[];
  readonly skip?: readonly string[];
  /** Patterns of clauses; none: all. */
  readonly clause?: readonly string[];
}

/** The side that a case tries. */
export function sideOf({ mode }: CatalogueCase): Clause["side"] {
  return mode === "sdk" ? "sdk" : "broker";
}

/**
 * The cases that are meant. @throws UsageError when a pattern means no case, or
 * nothing is left
 */
export function select(
  catalogue: Catalogue,
  requirements: Requirements,
  wishes: Wishes,
): readonly CatalogueCase[] {
  const all = [...catalogue.cases.values()].filter(
    (one) => wishes.side === "both" || sideOf(one) === wishes.side,
  );
  const { run = [], skip = [], clause = [] } = wishes;
  const whose = wishes.side === "both" ? "" : ` of a ${wishes.side}`;
  for (const pattern of [...run, ...skip]) {
    if (!all.some(({ id }) => matches(pattern, id))) {
      throw new UsageError(
        `no case${whose} is called ${pattern}${hint(pattern, all)}`,
      );
    }
  }
  for (const pattern of clause) {
    if (
      !all.some(({ clauses }) => clauses.some((id) => matches(pattern, id)))
    ) {
      throw new UsageError(`no clause${whose} is called ${pattern}`);
    }
  }
  const asked = new Set(
    clausesOf(catalogue, requirements, wishes.profile, wishes.side).map(
      ({ id }) => id,
    ),
  );
  const chosen = all.filter(
    ({ id, clauses }) =>
      (run.length > 0
        ? run.some((pattern) => matches(pattern, id))
        : // What is not scored was taken out of the clauses, but is told.
          clauses.some((one) => asked.has(one))) &&
      !skip.some((pattern) => matches(pattern, id)) &&
      (clause.length === 0 ||
        clause.some((pattern) => clauses.some((one) => matches(pattern, one)))),
  );
  if (chosen.length === 0) throw new UsageError("no case is left to run");
  return chosen;
}

function hint(pattern: string, all: readonly CatalogueCase[]): string {
  const isGroup = all.some(({ id }) => id.startsWith(`${pattern}/`));
  return isGroup ? ` (all of the group: ${pattern}/*)` : "";
}
