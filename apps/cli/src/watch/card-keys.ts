// SPDX-License-Identifier: Apache-2.0
import { type Narrowing, stateText } from "@assent/wording";
import type { Key } from "../terminal/keys.ts";
import {
  type Card,
  type CardMode,
  changeCard,
  narrowingProblem,
} from "./card.ts";
import { menu } from "./card-menu.ts";
import { layOut } from "./screen.ts";
import { type Step, showNext, type WatchState } from "./watch-state.ts";

/**
 * What a key does. Denying is what happens by default: Esc, Ctrl-C, and Enter
 * with nothing typed. Approving takes a typed password and Enter, on a card
 * that was seen whole. Keys before the card is armed count for nothing (T22).
 */
export function pressKey(state: WatchState, key: Key, nowMs: number): Step {
  const { card } = state;
  if (key.kind === "end") return { state, effects: [{ do: "leave" }] };
  if (card === undefined) {
    const leaves = key.kind === "interrupt" || key.kind === "escape";
    return { state, effects: leaves ? [{ do: "leave" }] : [] };
  }
  if (card.armedAtMs === undefined || nowMs < card.armedAtMs) {
    return { state, effects: [] };
  }
  if (card.mode === "ended") return pressOnEnded(state, card, key);
  switch (key.kind) {
    case "up":
      return scrollBy(state, card, -1);
    case "down":
      return scrollBy(state, card, 1);
    case "page-up":
      return scrollBy(state, card, 1 - layOut(state).rows);
    case "page-down":
      return scrollBy(state, card, layOut(state).rows - 1);
    case "interrupt":
      return deny(state, card);
    case "escape":
      return narrows(card.mode) ? toPassword(state, card) : deny(state, card);
    case "tab":
      return openMenu(state, card);
    case "enter":
      return enter(state, card);
    default:
      return type(state, card, key);
  }
}

function pressOnEnded(state: WatchState, card: Card, key: Key): Step {
  if (key.kind !== "enter") return { state, effects: [] };
  const outcomes = [...state.outcomes, card.message ?? ""].slice(-5);
  const queue = state.queue.filter(({ id }) => id !== card.prompt.id);
  const next = { ...state, queue, card: undefined, outcomes };
  return { state: showNext(next), effects: [] };
}

function put(state: WatchState, card: Card): Step {
  return { state: { ...state, card }, effects: [] };
}

function scrollBy(state: WatchState, card: Card, lines: number): Step {
  const { lines: all, rows } = layOut(state);
  const last = Math.max(all - rows, 0);
  const scroll = Math.min(Math.max(card.scroll + lines, 0), last);
  return put(state, { ...card, scroll });
}

function deny(state: WatchState, card: Card, muteMs?: number): Step {
  card.secret.clear();
  return {
    state: {
      ...state,
      card: { ...card, mode: "answering", entry: "", message: undefined },
    },
    effects: [
      {
        do: "deny",
        prompt: card.prompt,
        ...(muteMs === undefined ? {} : { muteMs }),
      },
    ],
  };
}

function narrows(mode: CardMode): boolean {
  return mode === "menu" || mode === "only" || mode === "minutes";
}

function toPassword(state: WatchState, card: Card): Step {
  return put(state, {
    ...card,
    mode: "password",
    entry: "",
    message: undefined,
  });
}

function openMenu(state: WatchState, card: Card): Step {
  if (card.mode !== "password") {
    return { state, effects: [] };
  }
  card.secret.clear();
  return put(state, { ...card, mode: "menu", entry: "", message: undefined });
}

function enter(state: WatchState, card: Card): Step {
  switch (card.mode) {
    case "password":
      return submit(state, card);
    case "account":
      return card.entry === "" ? deny(state, card) : chooseAccount(state, card);
    case "only": {
      const only = card.entry
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
      return narrowTo(state, card, { only: only.map(byNumber(card)) });
    }
    case "minutes":
      return narrowTo(state, card, { minutes: Number(card.entry) });
    default:
      return { state, effects: [] };
  }
}

function submit(state: WatchState, card: Card): Step {
  if (card.secret.characters === 0) return deny(state, card);
  const { account, terms, described } = card;
  if (
    described.problem !== undefined ||
    terms === undefined ||
    account === undefined
  ) {
    card.secret.clear();
    return put(state, { ...card, message: described.problem });
  }
  if (card.seen < layOut(state).lines) {
    return put(state, {
      ...card,
      message:
        layOut(state).rows === 0
          ? stateText.doesNotFit
          : "Read to the end first: the down arrow goes on.",
    });
  }
  return {
    state: {
      ...state,
      card: { ...card, mode: "answering", message: stateText.checking },
    },
    effects: [
      {
        do: "approve",
        prompt: card.prompt,
        accountId: account.id,
        terms,
        password: card.secret.take(),
      },
    ],
  };
}

function chooseAccount(state: WatchState, card: Card): Step {
  const account = card.prompt.body.choices[Number(card.entry) - 1];
  return account === undefined
    ? put(state, { ...card, entry: "", message: "There is no such number." })
    : put(state, changeCard(card, { account }));
}

function narrowTo(state: WatchState, card: Card, more: Narrowing): Step {
  const narrowing = { ...card.narrowing, ...more };
  const problem = narrowingProblem(card, narrowing);
  return problem === undefined
    ? put(state, changeCard(card, { narrowing }))
    : put(state, { ...card, entry: "", message: problem });
}

// Of a list that was asked for, a number names its place.
function byNumber({ prompt }: Card): (text: string) => string {
  const extent = prompt.body.scope?.extent;
  const list =
    extent?.case === "vaults"
      ? extent.value.vaults
      : extent?.case === "references"
        ? extent.value.references
        : [];
  return (text) =>
    (/^\d+$/.test(text) ? list[Number(text) - 1] : undefined) ?? text;
}

function type(state: WatchState, card: Card, key: Key): Step {
  switch (card.mode) {
    case "password":
      if (key.kind === "byte") card.secret.push(key.byte);
      else if (key.kind === "backspace") card.secret.backspace();
      else if (key.kind === "clear") card.secret.clear();
      return put(state, { ...card, message: undefined });
    case "menu":
      return key.kind === "byte"
        ? pickFromMenu(state, card, String.fromCharCode(key.byte))
        : { state, effects: [] };
    case "account":
    case "only":
    case "minutes":
      return put(state, {
        ...card,
        entry: edit(card.entry, key),
        message: undefined,
      });
    default:
      return { state, effects: [] };
  }
}

// Names in a scope may be in any script; typed ones are ASCII or pasted ids.
function edit(entry: string, key: Key): string {
  if (key.kind === "backspace") return entry.slice(0, -1);
  if (key.kind === "clear") return "";
  if (key.kind !== "byte" || key.byte > 0x7e) return entry;
  return (entry + String.fromCharCode(key.byte)).slice(0, 512);
}

/** How long a program is muted from here, milliseconds. */
const muteMs = 3_600_000;

function pickFromMenu(state: WatchState, card: Card, choice: string): Step {
  const found = menu(card).find((one) => one.key === choice);
  switch (found?.action) {
    case "read-only":
      return narrowTo(state, card, { readOnly: true });
    case "only":
    case "minutes":
      return put(state, { ...card, mode: found.action, entry: "" });
    case "account":
      return put(state, { ...card, mode: "account", entry: "" });
    case "mute":
      return deny(state, card, muteMs);
    case "as-asked":
      return put(state, changeCard(card, { narrowing: {} }));
    default:
      return { state, effects: [] };
  }
}
