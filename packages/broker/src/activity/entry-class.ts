// SPDX-License-Identifier: Apache-2.0

/**
 * What kind of thing an entry is, for the room it may take. `decision` always
 * has room: grants, denials, ends of sessions, what the owner did. The others
 * a program can cause at will: `request` once it was let in, `refusal` and
 * `prompt` even before (T57).
 */
export type EntryClass = "decision" | "request" | "refusal" | "prompt";

/** In order of the number they are stored by: append only. */
const classes: readonly EntryClass[] = [
  "decision",
  "request",
  "refusal",
  "prompt",
];

const prompts: ReadonlySet<string> = new Set([
  "prompt-created",
  "prompt-shown",
  "prompt-ended",
]);

/** The class of a kind of event. A kind that is not known has room. */
export function classOf(kind: string): EntryClass {
  if (kind === "request") return "request";
  if (kind === "refused" || kind.endsWith("-refused")) return "refusal";
  return prompts.has(kind) ? "prompt" : "decision";
}

/** The number a class is stored by. */
export function numberOf(entryClass: EntryClass): number {
  return classes.indexOf(entryClass);
}

/** The class of a stored number. Undefined: a later version's. */
export function classNumbered(number: number): EntryClass | undefined {
  return classes[number];
}
