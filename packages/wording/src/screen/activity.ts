// SPDX-License-Identifier: Apache-2.0
import { count } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";

/** What stands on the page of the activity. */
export const activityText = {
  title: "Activity",
  lead: "What happened with an account. Kept on this computer for 30 days.",
  account: "Account",
  brokerLog: "Without an account",
  program: "Program",
  anyProgram: "Any program",
  outcome: "Outcome",
  anyOutcome: "Any outcome",
  time: "Time",
  live: "Live",
  ended: "Not live any more",
  brokerLogHint:
    "What happened without an account, as the integration being turned on. The password of an account opens it, for this time alone.",
  export: "Export",
  exportJson: "As JSON",
  exportCsv: "As a table (CSV)",
  exportNote:
    "Holds the entries shown below. It has names of programs and items, and no secrets.",
  loading: "Reading the activity…",
  empty: "Nothing happened yet",
  emptyHint:
    "What programs ask for, and what you answer, is written down here.",
  noMatch: "Nothing matches",
  noMatchHint: "Choose another program, outcome or time.",
  clear: "Show everything",
  more: "Show more",
  signOut: "Sign out here",
} as const;

/** What came of something, as the label beside an entry. */
export type ActivityOutcome =
  | "approved"
  | "denied"
  | "expired"
  | "used"
  | "refused"
  | "ended"
  | "asked"
  | "changed"
  | "warning";

const outcomes: Readonly<Record<ActivityOutcome, string>> = {
  approved: "Approved",
  denied: "Denied",
  expired: "Expired",
  used: "Used",
  refused: "Refused",
  ended: "Ended",
  asked: "Asked",
  changed: "Changed",
  warning: "Look here",
};

/** The label of an outcome. */
export function outcomeText(outcome: ActivityOutcome): string {
  return outcomes[outcome];
}

/** How far back the list goes. */
export type ActivitySpan = "hour" | "day" | "week" | "all";

const spans: Readonly<Record<ActivitySpan, string>> = {
  hour: "The last hour",
  day: "The last 24 hours",
  week: "The last 7 days",
  all: "All 30 days",
};

/** The label of a span of time. */
export function spanText(span: ActivitySpan): string {
  return spans[span];
}

/** How many entries are shown, out of how many: `12 of 340 entries`. */
export function entriesText(shown: number, all: number): string {
  return shown === all
    ? count(all, "entry", "entries")
    : `${new Intl.NumberFormat("en").format(shown)} of ${count(all, "entry", "entries")}`;
}

/** Above the password that opens the log. */
export function activitySignInText(account: string): string {
  return `What happened is sealed with ${makeSafe(account)}. Its password opens it here for ten idle minutes, and unlocks nothing.`;
}
