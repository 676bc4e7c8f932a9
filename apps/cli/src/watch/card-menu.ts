// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import { muteChoiceText } from "@assent/wording";
import type { Card } from "./card.ts";

/** A way to narrow, or to deny for longer. */
export interface MenuEntry {
  readonly key: string;
  readonly text: string;
  readonly action:
    | "read-only"
    | "only"
    | "minutes"
    | "account"
    | "as-asked"
    | "mute";
}

/** The ways in which a card can be narrowed, and its program muted. */
export function menu({ prompt, narrowing, terms }: Card): MenuEntry[] {
  const { body } = prompt;
  const entries: Omit<MenuEntry, "key">[] = [];
  if (terms?.scope.access === Access.READ_WRITE) {
    entries.push({ action: "read-only", text: "reading only" });
  }
  const references = body.scope?.extent.case === "references";
  entries.push({
    action: "only",
    text: references ? "only some of them" : "only some vaults",
  });
  entries.push({ action: "minutes", text: "for a shorter time" });
  if (body.choices.length > 1) {
    entries.push({ action: "account", text: "another account" });
  }
  if (Object.keys(narrowing).length > 0) {
    entries.push({ action: "as-asked", text: "as asked again" });
  }
  const whom = muteChoiceText(body.process?.name ?? "", body.warnings);
  entries.push({
    action: "mute",
    text: `deny, and refuse ${whom} without asking for 1 hour`,
  });
  return entries.map((entry, at) => ({ ...entry, key: String(at + 1) }));
}
