// SPDX-License-Identifier: Apache-2.0
import type { AccountRef, Mute, PromptEnd } from "@assent/protocol/owner";
import type { Narrowing, Terms } from "@assent/wording";
import { type Card, createCard, type Outcome } from "./card.ts";
import type { WaitingPrompt } from "./waiting-prompt.ts";

/** What the screen of requests shows and knows. */
export interface RequestsState {
  /** Pending prompts, oldest first, the one on screen included while it is pending. */
  readonly queue: readonly WaitingPrompt[];
  /** Undefined: nothing waits. */
  readonly card: Card | undefined;
  /** The last answer of the user, once its card made way; until the next card. */
  readonly last: Card | undefined;
}

/** Something that happened. Times are milliseconds on a clock that only goes forward. */
export type RequestsEvent =
  | {
      readonly kind: "prompts";
      readonly prompts: readonly WaitingPrompt[];
      readonly ended: readonly {
        readonly promptId: string;
        readonly end: PromptEnd;
      }[];
    }
  /** The card is really on screen, in a window that can be seen. */
  | { readonly kind: "painted"; readonly look: number; readonly nowMs: number }
  /** The window got the focus, or another size: look before you answer. */
  | { readonly kind: "disturbed"; readonly nowMs: number }
  /** The end of the card was on screen. */
  | { readonly kind: "read"; readonly look: number }
  | { readonly kind: "choose"; readonly account: AccountRef }
  | { readonly kind: "narrow"; readonly narrowing: Narrowing }
  | {
      readonly kind: "approve";
      readonly look: number;
      readonly nowMs: number;
      /** Zeroed by whoever takes it over, or here when it is not taken. */
      readonly password: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "deny"; readonly look: number; readonly muteMs?: number }
  /** The answer did not take; it can be tried again. */
  | {
      readonly kind: "failed";
      readonly answer: "approve" | "deny";
      readonly promptId: string;
      readonly text: string;
    }
  /** The answer took, or the request is over by it. */
  | {
      readonly kind: "answered";
      readonly answer: "approve" | "deny";
      readonly promptId: string;
      readonly outcome: Outcome;
    }
  /** The program may ask again. */
  | { readonly kind: "unmuted"; readonly muteId: string; readonly text: string }
  /** What was approved has been revoked. */
  | {
      readonly kind: "revoked";
      readonly promptId: string;
      readonly text: string;
    }
  /** The user has seen how it ended. */
  | { readonly kind: "next"; readonly look: number; readonly nowMs: number }
  /** An answer of the user's own was on screen for a moment, and nothing else waits. */
  | { readonly kind: "rest"; readonly look: number };

/** Something to be done about it. */
export type RequestsEffect =
  | { readonly do: "shown"; readonly prompt: WaitingPrompt }
  | {
      readonly do: "approve";
      readonly prompt: WaitingPrompt;
      readonly accountId: string;
      readonly terms: Terms;
      /** To be zeroed. */
      readonly password: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly do: "deny";
      readonly prompt: WaitingPrompt;
      /** Milliseconds for which the program is refused without asking. */
      readonly muteMs?: number;
    };

/** A state, and what is to be done. */
export interface Step {
  readonly state: RequestsState;
  readonly effects: readonly RequestsEffect[];
}

/** Nothing waits yet. */
export const initialState: RequestsState = {
  queue: [],
  card: undefined,
  last: undefined,
};

/** How many requests wait for the user, the one on screen included. */
export function countWaiting({ queue }: RequestsState): number {
  return queue.length;
}

/** How many wait beside the one on screen. */
export function countOthers({ queue, card }: RequestsState): number {
  return queue.filter(({ id }) => id !== card?.prompt.id).length;
}

/** The oldest prompt comes on screen, if nothing is there. */
export function showNext(state: RequestsState): RequestsState {
  const next = state.card === undefined ? state.queue[0] : undefined;
  return next === undefined
    ? state
    : {
        ...state,
        card: createCard(next, (state.last?.look ?? 0) + 1),
        last: undefined,
      };
}

/** A mute that is in force because of the card. */
export function muteOf(card: Card | undefined): Mute | undefined {
  return card?.outcome?.mute;
}
