// SPDX-License-Identifier: Apache-2.0
import { promptEndText, stateText } from "@assent/wording";
import { digestText } from "../owner/waiting-prompt.ts";
import { armingMs, createCard, endCard } from "./card.ts";
import { pressKey } from "./card-keys.ts";
import { layOut } from "./screen.ts";
import {
  type Step,
  showNext,
  type WatchEvent,
  type WatchState,
} from "./watch-state.ts";

/**
 * What happens next. Nothing but the secret line of a card is changed in
 * place. A card never makes way for another by itself (T47): it stays until
 * the user answered it, or saw that it ended.
 */
export function step(state: WatchState, event: WatchEvent): Step {
  switch (event.kind) {
    case "prompts":
      return only(takePrompts(state, event));
    case "resized":
      return only({
        ...state,
        size: event.size,
        card: state.card && {
          ...state.card,
          armedAtMs: undefined,
          scroll: 0,
          seen: 0,
        },
      });
    case "drawn":
      return drawn(state, event.nowMs);
    case "key":
      return pressKey(state, event.key, event.nowMs);
    case "refused":
      return only(refuse(state, event.promptId, event.text));
    case "answered":
      return only(answer(state, event));
  }
}

function only(state: WatchState): Step {
  return { state, effects: [] };
}

function takePrompts(
  state: WatchState,
  event: Extract<WatchEvent, { kind: "prompts" }>,
): WatchState {
  const { card } = state;
  const next = { ...state, queue: event.prompts };
  if (card === undefined) return showNext(next);
  if (card.mode === "ended") return next;
  const { id, digest, body } = card.prompt;
  const now = event.prompts.find((prompt) => prompt.id === id);
  if (now === undefined) {
    const end = event.ended.find(({ promptId }) => promptId === id)?.end;
    // The answer to our own call tells better what came of it.
    if (card.mode === "answering" && end !== undefined) return next;
    const text = promptEndText(
      end ?? 0,
      body.process?.name ?? "",
      card.account?.name ?? body.account?.name,
    );
    return { ...next, card: endCard(card, text) };
  }
  if (digestText(now.digest) !== digestText(digest)) {
    card.secret.clear();
    return {
      ...next,
      card: { ...createCard(now), message: stateText.changed },
    };
  }
  return next;
}

function drawn(state: WatchState, nowMs: number): Step {
  const { card } = state;
  if (card === undefined) return only(state);
  const { lines, rows } = layOut(state);
  const seen = Math.max(card.seen, Math.min(card.scroll + rows, lines));
  const tells =
    !card.isTold && card.mode !== "ended" && rows > 0 && seen >= lines;
  return {
    state: {
      ...state,
      card: {
        ...card,
        seen,
        isTold: card.isTold || tells,
        armedAtMs: card.armedAtMs ?? nowMs + armingMs,
      },
    },
    effects: tells ? [{ do: "shown", prompt: card.prompt }] : [],
  };
}

function refuse(
  state: WatchState,
  promptId: string,
  message: string,
): WatchState {
  const { card } = state;
  if (card?.prompt.id !== promptId || card.mode === "ended") return state;
  return { ...state, card: { ...card, mode: "password", message } };
}

function answer(
  state: WatchState,
  { promptId, text, isOwn }: Extract<WatchEvent, { kind: "answered" }>,
): WatchState {
  const { card } = state;
  if (card?.prompt.id !== promptId || card.mode === "ended") return state;
  const queue = state.queue.filter(({ id }) => id !== promptId);
  if (!isOwn || queue.length > 0) {
    return { ...state, queue, card: endCard(card, text) };
  }
  card.secret.clear();
  return {
    ...state,
    queue,
    card: undefined,
    outcomes: [...state.outcomes, text].slice(-5),
  };
}
