// SPDX-License-Identifier: Apache-2.0
import type { ActivityOutcome, ActivitySpan } from "@assent/wording";
import { type ActivityEntry, programKey } from "./activity-entry.ts";

/** What of the log is shown. */
export interface ActivityFilter {
  /** As `programKey` has it; undefined: any, and what is about none. */
  readonly program: string | undefined;
  readonly outcome: ActivityOutcome | undefined;
  readonly span: ActivitySpan;
}

/** Everything. */
export const everything: ActivityFilter = {
  program: undefined,
  outcome: undefined,
  span: "all",
};

const hour = 3_600_000;
const spans: Readonly<Record<ActivitySpan, number>> = {
  hour,
  day: 24 * hour,
  week: 7 * 24 * hour,
  all: Number.POSITIVE_INFINITY,
};

/** The entries that match at `nowMs`, time of day. */
export function filterEntries(
  entries: readonly ActivityEntry[],
  { program, outcome, span }: ActivityFilter,
  nowMs: number,
): readonly ActivityEntry[] {
  const since = nowMs - spans[span];
  return entries.filter(
    (entry) =>
      entry.atMs >= since &&
      (outcome === undefined || entry.outcome === outcome) &&
      (program === undefined ||
        (entry.program !== undefined && programKey(entry.program) === program)),
  );
}

/** A program to choose. */
export interface ProgramChoice {
  readonly key: string;
  readonly label: string;
}

/** The programs of the log by name; those of one name with their path. */
export function programChoices(
  entries: readonly ActivityEntry[],
): readonly ProgramChoice[] {
  const names = new Map<string, string>();
  for (const { program } of entries) {
    if (program !== undefined) names.set(programKey(program), program.name);
  }
  const all = [...names.values()];
  return [...names]
    .map(([key, name]) => ({
      key,
      label:
        all.filter((other) => other === name).length > 1
          ? `${name} (${key})`
          : name,
    }))
    .sort((one, other) => one.label.localeCompare(other.label, "en"));
}

/** The outcomes that occur in the log, in a fixed order. */
export function outcomeChoices(
  entries: readonly ActivityEntry[],
): readonly ActivityOutcome[] {
  const found = new Set(entries.map(({ outcome }) => outcome));
  return order.filter((outcome) => found.has(outcome));
}

const order: readonly ActivityOutcome[] = [
  "approved",
  "denied",
  "expired",
  "asked",
  "used",
  "refused",
  "ended",
  "changed",
  "warning",
];
