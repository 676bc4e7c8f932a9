// SPDX-License-Identifier: Apache-2.0
import type { AccountRef, Mute, PromptEnd } from "@assent/protocol/owner";
import {
  type DescribedPrompt,
  describePrompt,
  type Narrowing,
  NarrowingError,
  narrow,
  type Terms,
} from "@assent/wording";
import type { WaitingPrompt } from "./waiting-prompt.ts";

/** How long a card is on screen before it can be approved, milliseconds (T22). */
export const armingMs: number = 800;

/** What came of a request. */
export interface Outcome {
  readonly kind:
    | "approved"
    | "denied"
    /** Nobody answered in time. */
    | "late"
    /** Nobody waits for the answer any more. */
    | "gone"
    /** On another surface. */
    | "elsewhere"
    /** The broker, not the user, said no. */
    | "refused";
  readonly text: string;
  /** Of the program, when it was muted. */
  readonly mute?: Mute | undefined;
}

/** The one request that is on screen. */
export interface Card {
  readonly prompt: WaitingPrompt;
  /** The prompt's, or the one that was chosen. */
  readonly account: AccountRef | undefined;
  readonly narrowing: Narrowing;
  /** What approval grants, as shown; undefined: it cannot be approved. */
  readonly terms: Terms | undefined;
  /** Why the narrowing cannot be. */
  readonly narrowingProblem: string | undefined;
  readonly described: DescribedPrompt;
  readonly phase: "open" | "checking" | "denying" | "ended";
  /**
   * Counts what was put on screen. Whatever belongs to one look, the field for
   * the credential above all, is destroyed with it (T47).
   */
  readonly look: number;
  /** Time from which it can be approved; undefined: it was not painted yet. */
  readonly armedAtMs: number | undefined;
  /** Its end was on screen: nothing of it was left unseen. */
  readonly isRead: boolean;
  /** The broker was told that it is on screen. */
  readonly isTold: boolean;
  /** What went wrong with the last answer; it can be tried again. */
  readonly message: string | undefined;
  /** What the stream said of its end while an answer was on its way. */
  readonly end: PromptEnd | undefined;
  readonly outcome: Outcome | undefined;
}

/** A card for a prompt that is about to be put on screen. */
export function createCard(
  prompt: WaitingPrompt,
  look: number,
  message?: string,
): Card {
  return settle({
    prompt,
    account: prompt.body.account,
    narrowing: {},
    look,
    message,
    isTold: false,
  });
}

/** The same prompt on other terms: it is a new look, and has to be read again. */
export function changeCard(
  card: Card,
  change: {
    readonly account?: AccountRef | undefined;
    readonly narrowing?: Narrowing;
  },
): Card {
  return settle({
    ...card,
    account: change.account ?? card.account,
    narrowing: change.narrowing ?? card.narrowing,
    look: card.look + 1,
    message: undefined,
  });
}

/** The card of a request that ended: a new look without any field. */
export function endCard(card: Card, outcome: Outcome): Card {
  return {
    ...card,
    phase: "ended",
    look: card.look + 1,
    armedAtMs: undefined,
    message: undefined,
    outcome,
  };
}

/** Whether the card was long enough on screen to be answered (T22, T47). */
export function isArmed(card: Card, nowMs: number): boolean {
  return card.armedAtMs !== undefined && nowMs >= card.armedAtMs;
}

/** Whether a credential for this card would be taken now. */
export function canApprove(card: Card, nowMs: number): boolean {
  return card.phase === "open" && couldApprove(card) && isArmed(card, nowMs);
}

/** The same, but for the time it has to be on screen. */
export function couldApprove(card: Card): boolean {
  return (
    card.isRead &&
    card.account !== undefined &&
    card.terms !== undefined &&
    card.described.problem === undefined
  );
}

function settle(
  card: Pick<
    Card,
    "prompt" | "account" | "narrowing" | "look" | "message" | "isTold"
  >,
): Card {
  const { body } = card.prompt;
  const { terms, narrowingProblem } = tryNarrow(card);
  return {
    ...card,
    terms,
    narrowingProblem,
    described: describePrompt(body, {
      account: card.account,
      scope: terms?.scope,
      inactivityTimeoutMs: terms?.inactivityTimeoutMs,
    }),
    phase: "open",
    armedAtMs: undefined,
    isRead: false,
    end: undefined,
    outcome: undefined,
  };
}

function tryNarrow({
  prompt,
  narrowing,
}: Pick<Card, "prompt" | "narrowing">): Pick<
  Card,
  "terms" | "narrowingProblem"
> {
  try {
    return {
      terms: narrow(prompt.body, narrowing),
      narrowingProblem: undefined,
    };
  } catch (error) {
    if (!(error instanceof NarrowingError)) throw error;
    return { terms: undefined, narrowingProblem: error.message };
  }
}
