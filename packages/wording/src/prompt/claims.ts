// SPDX-License-Identifier: Apache-2.0
import type { Claims } from "@assent/protocol/owner";
import { makeSafe } from "../safe/make-safe.ts";

/** One thing that is shown beside a label. */
export interface LabelledText {
  readonly label: string;
  readonly text: string;
}

/** What stands beside every claim. */
export const notChecked: string = "not checked";

/**
 * What the program says of itself, and what can only be guessed of it. A
 * surface shows it apart from the facts, each line marked `notChecked`; none
 * of it belongs in a headline (PRM-005).
 */
export function describeClaims(
  claims: Claims | undefined,
): readonly LabelledText[] {
  if (claims === undefined) return [];
  const { integration, purpose, script, workingDirectory, startedBy } = claims;
  const itself = [integration?.name, integration?.version]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
  return [
    { label: "Running", text: makeSafe(script) },
    { label: "Calls itself", text: quoted(itself) },
    { label: "Says it is for", text: quoted(purpose) },
    { label: "In folder", text: makeSafe(workingDirectory) },
    {
      label: "Started by",
      text: startedBy
        .map((name) => makeSafe(name, { maxLength: 64 }))
        .reverse()
        .join(" › "),
    },
  ].filter(({ text }) => text !== "");
}

function quoted(text: string): string {
  return text === "" ? "" : `“${makeSafe(text, { maxLength: 400 })}”`;
}
