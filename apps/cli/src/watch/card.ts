// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import {
  type DescribedPrompt,
  describePrompt,
  type Narrowing,
  NarrowingError,
  narrow,
  type Terms,
} from "@assent/wording";
import type { WaitingPrompt } from "../owner/waiting-prompt.ts";
import { SecretLine } from "../terminal/secret-line.ts";

/** What the keys do on a card. */
export type CardMode =
  /** Type the number of an account. */
  | "account"
  /** Type the password. */
  | "password"
  /** Choose how to narrow. */
  | "menu"
  /** Type the vaults or references to be granted. */
  | "only"
  /** Type the minutes. */
  | "minutes"
  /** An answer is on its way; only denying is left. */
  | "answering"
  /** It ended; Enter goes on. */
  | "ended";

/** The one prompt that is on screen. */
export interface Card {
  readonly prompt: WaitingPrompt;
  readonly account: AccountRef | undefined;
  readonly narrowing: Narrowing;
  /** What approval grants, as shown; undefined: it cannot be approved. */
  readonly terms: Terms | undefined;
  readonly described: DescribedPrompt;
  readonly mode: CardMode;
  /** What is typed in every mode but "password". */
  readonly entry: string;
  /** Belongs to this card alone and is cleared with it (T47). */
  readonly secret: SecretLine;
  /** Time from which keys count; undefined: not drawn yet (T22). */
  readonly armedAtMs: number | undefined;
  /** First line of the prompt that is on screen. */
  readonly scroll: number;
  /** Lines of the prompt that have been on screen, from the first. */
  readonly seen: number;
  /** Whether the broker was told that it is on screen, whole. */
  readonly isTold: boolean;
  readonly message: string | undefined;
}

/** How long a card is on screen before keys count, milliseconds. */
export const armingMs: number = 800;

/** A card for a prompt that was just put on screen. */
export function createCard(prompt: WaitingPrompt): Card {
  const { account } = prompt.body;
  return settle({
    prompt,
    account,
    narrowing: {},
    mode: account === undefined ? "account" : "password",
    secret: new SecretLine(),
    message: undefined,
  });
}

/** The same prompt with other terms: what was typed is gone, and keys have to wait anew. */
export function changeCard(
  card: Card,
  change: {
    readonly account?: AccountRef | undefined;
    readonly narrowing?: Narrowing;
  },
): Card {
  card.secret.clear();
  const account = change.account ?? card.account;
  return settle({
    prompt: card.prompt,
    account,
    narrowing: change.narrowing ?? card.narrowing,
    mode: account === undefined ? "account" : "password",
    secret: card.secret,
    message: undefined,
  });
}

/** The card of a prompt that ended; what was typed is gone. */
export function endCard(card: Card, message: string): Card {
  card.secret.clear();
  return {
    ...card,
    mode: "ended",
    entry: "",
    message,
    // Whoever is still typing must not dismiss it unread.
    armedAtMs: undefined,
  };
}

/** Why the narrowing cannot be; undefined: it can. */
export function narrowingProblem(
  card: Card,
  narrowing: Narrowing,
): string | undefined {
  try {
    narrow(card.prompt.body, narrowing);
    return undefined;
  } catch (error) {
    if (error instanceof NarrowingError) return error.message;
    throw error;
  }
}

function settle(
  card: Pick<
    Card,
    "prompt" | "account" | "narrowing" | "mode" | "secret" | "message"
  >,
): Card {
  const { body } = card.prompt;
  const terms =
    narrowingProblem(card as Card, card.narrowing) === undefined
      ? narrow(body, card.narrowing)
      : undefined;
  return {
    ...card,
    terms,
    described: describePrompt(body, {
      account: card.account,
      scope: terms?.scope,
      inactivityTimeoutMs: terms?.inactivityTimeoutMs,
    }),
    entry: "",
    armedAtMs: undefined,
    scroll: 0,
    seen: 0,
    isTold: false,
  };
}
