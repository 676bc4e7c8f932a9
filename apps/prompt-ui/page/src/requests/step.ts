// SPDX-License-Identifier: Apache-2.0
import { PromptEnd } from "@assent/protocol/owner";
import { makeSafe, promptEndText, stateText } from "@assent/wording";
import {
  armingMs,
  type Card,
  canApprove,
  changeCard,
  createCard,
  endCard,
  isArmed,
  type Outcome,
} from "./card.ts";
import {
  countOthers,
  type RequestsEffect,
  type RequestsEvent,
  type RequestsState,
  type Step,
  showNext,
} from "./requests-state.ts";
import { isSame } from "./waiting-prompt.ts";

/**
 * What happens next. A card never makes way for another by itself (T47): one
 * that ended stays until the user has seen it. Nothing is approved before it
 * was painted, read to its end, and on screen for a while (T22).
 */
export function step(state: RequestsState, event: RequestsEvent): Step {
  const { card } = state;
  switch (event.kind) {
    case "prompts":
      return only(takePrompts(state, event));
    case "painted":
      return paint(state, event);
    case "disturbed":
      return only(
        card?.armedAtMs === undefined
          ? state
          : put(state, { ...card, armedAtMs: event.nowMs + armingMs }),
      );
    case "read":
      return only(
        card?.look === event.look
          ? put(state, { ...card, isRead: true })
          : state,
      );
    case "choose":
      return only(
        card?.phase === "open" && card.prompt.body.account === undefined
          ? put(state, changeCard(card, { account: event.account }))
          : state,
      );
    case "narrow":
      return only(
        card?.phase === "open"
          ? put(state, changeCard(card, { narrowing: event.narrowing }))
          : state,
      );
    case "approve":
      return approve(state, event);
    case "deny":
      return deny(state, event);
    case "failed":
      return only(fail(state, event));
    case "answered":
      return only(answer(state, event));
    case "unmuted":
    case "revoked":
      return only(undo(state, event));
    case "next":
      return only(
        card?.phase === "ended" &&
          card.look === event.look &&
          isArmed(card, event.nowMs)
          ? leave(state, card)
          : state,
      );
    case "rest":
      return only(
        card?.look === event.look && isOwn(card) && countOthers(state) === 0
          ? leave(state, card)
          : state,
      );
  }
}

/** Whether the user gave this answer here, just now. */
export function isOwn(card: Card): boolean {
  const kind = card.outcome?.kind;
  return kind === "approved" || kind === "denied";
}

function only(state: RequestsState, ...effects: RequestsEffect[]): Step {
  return { state, effects };
}

function put(state: RequestsState, card: Card): RequestsState {
  return { ...state, card };
}

function takePrompts(
  state: RequestsState,
  { prompts, ended }: Extract<RequestsEvent, { kind: "prompts" }>,
): RequestsState {
  const { card } = state;
  const next = { ...state, queue: prompts };
  if (card === undefined) return showNext(next);
  const end = ended.find(({ promptId }) => promptId === card.prompt.id)?.end;
  if (card.phase === "ended") {
    // The answer came first, and knew no more than that it is over.
    return end !== undefined && card.outcome?.kind === "gone"
      ? put(next, { ...card, outcome: outcomeOf(card, end) })
      : next;
  }
  const now = prompts.find(({ id }) => id === card.prompt.id);
  if (now === undefined) {
    // The answer that is on its way tells better what came of it.
    return card.phase === "open"
      ? put(next, endCard(card, outcomeOf(card, end)))
      : put(next, { ...card, end });
  }
  if (isSame(now, card.prompt)) {
    return put(next, { ...card, prompt: { ...card.prompt, ...now } });
  }
  return put(next, createCard(now, card.look + 1, stateText.changed));
}

function paint(
  state: RequestsState,
  { look, nowMs }: Extract<RequestsEvent, { kind: "painted" }>,
): Step {
  const { card } = state;
  if (card?.look !== look) return only(state);
  const tells = !card.isTold && card.phase !== "ended";
  return only(
    put(state, {
      ...card,
      armedAtMs: card.armedAtMs ?? nowMs + armingMs,
      isTold: card.isTold || tells,
    }),
    ...(tells ? [{ do: "shown", prompt: card.prompt } as const] : []),
  );
}

function approve(
  state: RequestsState,
  { look, nowMs, password }: Extract<RequestsEvent, { kind: "approve" }>,
): Step {
  const { card } = state;
  if (
    card?.look !== look ||
    !canApprove(card, nowMs) ||
    card.account === undefined ||
    card.terms === undefined
  ) {
    password.fill(0);
    return only(state);
  }
  return only(put(state, { ...card, phase: "checking", message: undefined }), {
    do: "approve",
    prompt: card.prompt,
    accountId: card.account.id,
    terms: card.terms,
    password,
  });
}

// Also while a password is being checked: what comes first counts.
function deny(
  state: RequestsState,
  { look, muteMs }: Extract<RequestsEvent, { kind: "deny" }>,
): Step {
  const { card } = state;
  if (card?.look !== look) return only(state);
  if (card.phase !== "open" && card.phase !== "checking") return only(state);
  return only(put(state, { ...card, phase: "denying", message: undefined }), {
    do: "deny",
    prompt: card.prompt,
    ...(muteMs === undefined ? {} : { muteMs }),
  });
}

function fail(
  state: RequestsState,
  event: Extract<RequestsEvent, { kind: "failed" }>,
): RequestsState {
  const { card } = state;
  if (card === undefined || !waitsFor(card, event)) return state;
  return put(
    state,
    card.end === undefined
      ? { ...card, phase: "open", message: event.text }
      : endCard(card, outcomeOf(card, card.end)),
  );
}

function answer(
  state: RequestsState,
  event: Extract<RequestsEvent, { kind: "answered" }>,
): RequestsState {
  const { card } = state;
  const { promptId, outcome } = event;
  if (card === undefined || !waitsFor(card, event)) return state;
  return {
    ...state,
    queue: state.queue.filter(({ id }) => id !== promptId),
    card: endCard(
      card,
      outcome.kind === "gone" && card.end !== undefined
        ? outcomeOf(card, card.end)
        : outcome,
    ),
  };
}

// Once the user denied, an approval counts only if it came first.
function waitsFor(
  card: Card,
  event: Extract<RequestsEvent, { kind: "failed" | "answered" }>,
): boolean {
  if (card.prompt.id !== event.promptId) return false;
  if (event.answer === "deny") return card.phase === "denying";
  return (
    card.phase === "checking" ||
    (card.phase === "denying" &&
      event.kind === "answered" &&
      event.outcome.kind === "approved")
  );
}

function undo(
  state: RequestsState,
  event: Extract<RequestsEvent, { kind: "unmuted" | "revoked" }>,
): RequestsState {
  const change = (card: Card | undefined): Card | undefined => {
    if (card?.outcome === undefined) return card;
    const concerns =
      event.kind === "unmuted"
        ? card.outcome.mute?.id === event.muteId
        : card.prompt.id === event.promptId;
    return concerns
      ? { ...card, outcome: { kind: "denied", text: event.text } }
      : card;
  };
  return { ...state, card: change(state.card), last: change(state.last) };
}

function leave(state: RequestsState, card: Card): RequestsState {
  return showNext({
    queue: state.queue.filter(({ id }) => id !== card.prompt.id),
    card: undefined,
    last: card,
  });
}

function outcomeOf(card: Card, end: PromptEnd | undefined): Outcome {
  const account = card.account?.name;
  const text = promptEndText(
    end ?? PromptEnd.UNSPECIFIED,
    card.prompt.body.process?.name ?? "",
    account === undefined ? undefined : makeSafe(account),
  );
  switch (end) {
    case PromptEnd.APPROVED:
    case PromptEnd.DENIED:
      return {
        kind: "elsewhere",
        text: `${stateText.answeredElsewhere} ${text}`,
      };
    case PromptEnd.TIMED_OUT:
      return { kind: "late", text };
    case PromptEnd.PROCESS_CHANGED:
    case PromptEnd.ACCOUNT_LOCKED:
      return { kind: "refused", text };
    default:
      return { kind: "gone", text };
  }
}
