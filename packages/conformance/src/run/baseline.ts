// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { CaseRecord } from "../report/results.ts";
import { UsageError } from "./selection.ts";

/** A failure that is known: what fails, why, where it is tracked, and until when. */
export interface BaselineEntry {
  /** One of the two; a pattern is not allowed. */
  readonly case?: string;
  readonly clause?: string;
  /** Only failures of this assertion. */
  readonly assertion?: string;
  readonly reason: string;
  readonly issue: string;
  /** Last day, as 2027-03-01. */
  readonly until: string;
}

const required = ["reason", "issue", "until"] as const;
const known = ["case", "clause", "assertion", ...required];

/** Reads a baseline. @throws UsageError when an entry is not whole */
export function readBaseline(file: string): readonly BaselineEntry[] {
  let entries: unknown;
  try {
    entries = parse(readFileSync(file, "utf8"), { schema: "failsafe" });
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  if (entries === null || entries === undefined || entries === "") return [];
  if (!Array.isArray(entries)) throw new UsageError(`${file}: not a list`);
  return entries.map((entry, index) => {
    const problem = problemOf(entry);
    if (problem === undefined) return entry;
    throw new UsageError(`${file}, entry ${index + 1}: ${problem}`);
  });
}

function problemOf(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null) return "not a mapping";
  const fields = entry as Record<string, unknown>;
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) return `"${unknown}" is not known`;
  const bad = Object.keys(fields).find(
    (key) => typeof fields[key] !== "string",
  );
  if (bad !== undefined) return `"${bad}" is no text`;
  const missing = required.find((key) => !fields[key]);
  if (missing !== undefined) return `"${missing}" is missing`;
  if ((fields["case"] === undefined) === (fields["clause"] === undefined)) {
    return `it needs "case" or "clause", and not both`;
  }
  const until = String(fields["until"]);
  return /^\d{4}-\d\d-\d\d$/.test(until) && !Number.isNaN(Date.parse(until))
    ? undefined
    : `"until" is no day such as 2027-03-01`;
}

function names(
  { case: id, clause }: BaselineEntry,
  one: Pick<CaseRecord, "id" | "clauses">,
): boolean {
  return id === undefined ? one.clauses.includes(clause ?? "") : id === one.id;
}

function covers(entry: BaselineEntry, one: CaseRecord): boolean {
  const { assertion } = entry;
  return (
    names(entry, one) &&
    (assertion === undefined || assertion === one.assertion)
  );
}

/** A run held against a baseline. */
export interface Compared {
  readonly cases: readonly CaseRecord[];
  /** Entries that are no longer so, each in a sentence. */
  readonly stale: readonly string[];
}

/**
 * Marks the failures that are known. `today`: as 2027-03-01. What has expired
 * excuses nothing; an entry is stale when it has expired, or when what it names
 * was run and did not fail so.
 */
export function compare(
  cases: readonly CaseRecord[],
  entries: readonly BaselineEntry[],
  today: string,
): Compared {
  const stale: string[] = [];
  const live = entries.filter((entry) => {
    const name = entry.case ?? entry.clause;
    if (entry.until < today) {
      stale.push(`${name}: expired on ${entry.until}`);
      return false;
    }
    const named = cases.filter((one) => names(entry, one));
    const ran = named.filter(({ verdict }) =>
      ["pass", "fail"].includes(verdict),
    );
    const fails = ran.some(
      (one) => one.verdict === "fail" && covers(entry, one),
    );
    if (ran.length > 0 && !fails) {
      const of = entry.assertion === undefined ? "" : ` (${entry.assertion})`;
      stale.push(`${name}${of}: does not fail any more`);
    }
    return true;
  });
  const marked = cases.map((one) => {
    if (one.verdict !== "fail") return one;
    const entry = live.find((each) => covers(each, one));
    if (entry === undefined) return one;
    const { reason, issue, until } = entry;
    return { ...one, baseline: { reason, issue, until } };
  });
  return { cases: marked, stale };
}

/** @throws UsageError when an entry names a case or clause that does not exist */
export function checkNames(
  entries: readonly BaselineEntry[],
  cases: ReadonlyMap<string, unknown>,
  clauses: ReadonlyMap<string, unknown>,
): void {
  for (const entry of entries) {
    const exists =
      entry.case === undefined
        ? clauses.has(entry.clause ?? "")
        : cases.has(entry.case);
    if (!exists) {
      throw new UsageError(
        `the baseline names ${entry.case ?? entry.clause}, which does not exist`,
      );
    }
  }
}

/** A baseline of what failed now: entries that still hold stay, new ones ask for what a person knows. */
export function updatedBaseline(
  cases: readonly CaseRecord[],
  entries: readonly BaselineEntry[],
  until: string,
): string {
  const failing = cases.filter(({ verdict }) => verdict === "fail");
  const kept = entries.filter((entry) =>
    failing.some((one) => covers(entry, one)),
  );
  const added = failing
    .filter((one) => !kept.some((entry) => covers(entry, one)))
    .map(({ id, assertion }) => ({
      case: id,
      ...(assertion === undefined ? {} : { assertion }),
      reason: "say why",
      issue: "say where it is tracked",
      until,
    }));
  return stringify([...kept, ...added]);
}
