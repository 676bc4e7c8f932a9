// SPDX-License-Identifier: Apache-2.0
import {
  clockText,
  makeSafe,
  passwordLabel,
  positionText,
  stateText,
} from "@assent/wording";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { plainStyle, type Style, textWidth, wrap } from "../terminal/text.ts";
import type { Card } from "./card.ts";
import { menu } from "./card-menu.ts";
import { renderPrompt } from "./render-prompt.ts";
import type { Size, WatchState } from "./watch-state.ts";

/** How much of a prompt is on screen at once. */
export interface Layout {
  /** Lines of the whole prompt. */
  readonly lines: number;
  /** Rows there are for them; 0: the terminal is too small for anything. */
  readonly rows: number;
}

const fewestColumns = 30;

/** How the card on screen fits. */
export function layOut({ card, size }: WatchState): Layout {
  if (card === undefined) return { lines: 0, rows: size.rows };
  const width = size.columns - 2;
  const lines = renderPrompt(
    card.described,
    Math.max(width, fewestColumns),
    plainStyle,
  );
  const taken = 2 + footer(card, size, plainStyle).length;
  const rows = size.columns < fewestColumns ? 0 : size.rows - taken;
  return { lines: lines.length, rows: rows < 3 ? 0 : rows };
}

/** The screen, line by line: never more lines or columns than there are. */
export function renderScreen(
  state: WatchState,
  nowMs: number,
  style: Style,
): string[] {
  const { card, size } = state;
  if (card === undefined) return renderIdle(state, style);
  const { rows, lines: all } = layOut(state);
  const width = size.columns - 2;
  if (rows === 0) {
    return wrap(stateText.doesNotFit, Math.max(size.columns - 1, 1)).slice(
      0,
      size.rows,
    );
  }
  const body = renderPrompt(card.described, width, style).slice(
    card.scroll,
    card.scroll + rows,
  );
  const filler = Array<string>(rows - body.length).fill("");
  const more = all - card.scroll - body.length;
  return [
    topBar(state, card, nowMs, style),
    "",
    ...[...body, ...filler].map((line) => (line === "" ? "" : ` ${line}`)),
    ...footer(card, size, style, more, nowMs),
  ];
}

function topBar(
  { queue, size }: WatchState,
  card: Card,
  nowMs: number,
  style: Style,
): string {
  const total = Math.max(queue.length, 1);
  const at = queue.findIndex(({ id }) => id === card.prompt.id);
  const left = ` Assent · ${positionText(Math.max(at, 0) + 1, total)}`;
  const { expiresAt } = card.prompt.body;
  const right =
    expiresAt === undefined || card.mode === "ended"
      ? ""
      : `${clockText(timestampMs(expiresAt) - nowMs)} left`;
  const gap = size.columns - 1 - textWidth(left) - textWidth(right);
  return style.dim(`${left}${" ".repeat(Math.max(gap, 1))}${right}`);
}

// Always as many lines for the same card and mode: the prompt does not move.
function footer(
  card: Card,
  { columns }: Size,
  style: Style,
  more = 0,
  nowMs = 0,
): string[] {
  const width = Math.max(columns - 2, 1);
  const fixed = (text: string, paint = (line: string) => line) =>
    ` ${paint(clip(text, width))}`;
  const rule =
    more > 0
      ? `${"─".repeat(3)} ${more} more below, press the down arrow `
      : "─".repeat(3);
  return [
    style.dim(fixed(rule.padEnd(width, "─"))),
    fixed(card.message ?? hint(card, nowMs), style.caution),
    ...field(card).map((line) => ` ${style.bold(clipStart(line, width))}`),
    fixed(keysText(card, nowMs), style.dim),
  ];
}

function isArmed({ armedAtMs }: Card, nowMs: number): boolean {
  return armedAtMs !== undefined && nowMs >= armedAtMs;
}

function hint(card: Card, nowMs: number): string {
  if (!isArmed(card, nowMs)) return stateText.arming;
  return card.mode === "password" ? stateText.notShared : "";
}

function field(card: Card): string[] {
  switch (card.mode) {
    case "account": {
      const choices = card.prompt.body.choices.map(
        ({ name, locked }, at) =>
          `${at + 1}  ${makeSafe(name)}${locked ? " (locked)" : ""}`,
      );
      return [...choices, `Number of the account: ${card.entry}`];
    }
    case "password": {
      const dots = "•".repeat(Math.min(card.secret.characters, 32));
      return [`${passwordLabel(card.account?.name ?? "")}: ${dots}`];
    }
    case "menu":
      return menu(card).map(({ key, text }) => `${key}  ${text}`);
    case "only":
      return [`Names or numbers, separated by commas: ${card.entry}`];
    case "minutes":
      return [`Minutes: ${card.entry}`];
    case "answering":
    case "ended":
      return [""];
  }
}

function keysText(card: Card, nowMs: number): string {
  const { mode, described } = card;
  switch (mode) {
    case "password":
      return `Enter: ${described.approve} · Esc or empty Enter: Deny · Tab: more`;
    case "account":
      return "Enter: choose · Esc or empty Enter: Deny";
    case "menu":
      return "Number: choose · Esc: back · Ctrl-C: Deny";
    case "only":
    case "minutes":
      return "Enter: narrow · Esc: back · Ctrl-C: Deny";
    case "answering":
      return "Esc: Deny";
    case "ended":
      return isArmed(card, nowMs) ? "Enter: go on" : "";
  }
}

function renderIdle(state: WatchState, style: Style): string[] {
  const { size, outcomes } = state;
  const width = Math.max(size.columns - 2, 1);
  return [
    style.dim(clip(" Assent", width)),
    "",
    ` ${style.bold(clip(stateText.empty, width))}`,
    ...wrap(stateText.emptyHint, width).map((line) => ` ${line}`),
    "",
    ...outcomes.flatMap((text) => wrap(text, width).map((line) => ` ${line}`)),
    "",
    ` ${style.dim(clip("Ctrl-C: leave", width))}`,
  ].slice(0, size.rows);
}

function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let shown = text;
  while (textWidth(shown) >= width) shown = shown.slice(0, -1);
  return `${shown}…`;
}

// A line that is typed grows at its end: that stays visible.
function clipStart(text: string, width: number): string {
  let shown = text;
  while (textWidth(shown) > width) shown = shown.slice(1);
  return shown;
}
