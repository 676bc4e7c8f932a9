// SPDX-License-Identifier: Apache-2.0
import { type Mute, MuteReach, Warning } from "@assent/protocol/owner";
import { makeSafe } from "../safe/make-safe.ts";

/** Whom a mute covers, as a sentence. */
export function muteText({
  process,
  reach,
}: Pick<Mute, "process" | "reach">): string {
  const name = makeSafe(process?.name || "A program");
  return reach === MuteReach.EXECUTABLE
    ? `${name} is refused without asking you, whoever starts it.`
    : `Process ${process?.pid ?? 0} (${name}), and what it started, is refused without asking you.`;
}

/**
 * Whom a mute would cover, before there is one: what runs scripts, or speaks
 * for others, is muted in one process alone.
 */
export function muteChoiceText(
  name: string,
  warnings: readonly Warning[],
): string {
  const inOneProcess =
    warnings.includes(Warning.INTERPRETER) || warnings.includes(Warning.RELAY);
  return inOneProcess
    ? "this process and what it started"
    : makeSafe(name || "this program");
}
