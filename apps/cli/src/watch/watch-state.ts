// SPDX-License-Identifier: Apache-2.0
import type { PromptEnd } from "@assent/protocol/owner";
import type { Terms } from "@assent/wording";
import type { WaitingPrompt } from "../owner/waiting-prompt.ts";
import type { Key } from "../terminal/keys.ts";
import { type Card, createCard } from "./card.ts";

/** Columns and rows of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What `assent watch` shows and knows. */
export interface WatchState {
  readonly size: Size;
  /** Pending prompts, oldest first, the one on screen included. */
  readonly queue: readonly WaitingPrompt[];
  /** Undefined: nothing waits. */
  readonly card: Card | undefined;
  /** What came of the last prompts, the newest last. */
  readonly outcomes: readonly string[];
}

/** Something that happened. */
export type WatchEvent =
  | {
      readonly kind: "prompts";
      readonly prompts: readonly WaitingPrompt[];
      readonly ended: readonly {
        readonly promptId: string;
        readonly end: PromptEnd;
      }[];
    }
  | { readonly kind: "key"; readonly key: Key; readonly nowMs: number }
  /** What the state tells is really on screen. */
  | { readonly kind: "drawn"; readonly nowMs: number }
  | { readonly kind: "resized"; readonly size: Size }
  /** The answer did not take: it can be tried again. */
  | {
      readonly kind: "refused";
      readonly promptId: string;
      readonly text: string;
    }
  /** The user's answer took, or the prompt is gone. */
  | {
      readonly kind: "answered";
      readonly promptId: string;
      readonly text: string;
      /** The user saw it come: nothing has to be confirmed. */
      readonly isOwn: boolean;
    };

/** Something to be done about it. */
export type WatchEffect =
  | { readonly do: "shown"; readonly prompt: WaitingPrompt }
  | {
      readonly do: "approve";
      readonly prompt: WaitingPrompt;
      readonly accountId: string;
      readonly terms: Terms;
      /** To be zeroed. */
      readonly password: Uint8Array;
    }
  | {
      readonly do: "deny";
      readonly prompt: WaitingPrompt;
      /** Milliseconds for which the program is refused without asking. */
      readonly muteMs?: number;
    }
  | { readonly do: "leave" };

/** A state, and what is to be done. */
export interface Step {
  readonly state: WatchState;
  readonly effects: readonly WatchEffect[];
}

/** Nothing waits yet. `notices` are shown while that is so. */
export function initialState(
  size: Size,
  notices: readonly string[] = [],
): WatchState {
  return { size, queue: [], card: undefined, outcomes: notices };
}

/** The oldest prompt that waits comes on screen, if nothing is there. */
export function showNext(state: WatchState): WatchState {
  const next = state.card === undefined ? state.queue[0] : undefined;
  return next === undefined ? state : { ...state, card: createCard(next) };
}
