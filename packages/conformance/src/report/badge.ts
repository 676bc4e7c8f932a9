// SPDX-License-Identifier: Apache-2.0
import type { Results } from "./results.ts";

/** An endpoint badge of shields.io. Green only for what conforms without a baseline. */
export function badge({
  requirements,
  profile,
  conclusion,
  clauses,
}: Results): string {
  const musts = clauses.filter(({ level }) => level.startsWith("MUST"));
  const met = musts.filter(({ verdict }) => verdict === "met").length;
  return `${JSON.stringify({
    schemaVersion: 1,
    label: `assent ${requirements} ${profile}`,
    message: conclusion.conforms
      ? "conforming"
      : `${met}/${musts.length} rules`,
    color: conclusion.conforms
      ? "brightgreen"
      : conclusion.exit === 0
        ? "yellow"
        : "red",
  })}\n`;
}
