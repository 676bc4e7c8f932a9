// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import type { SessionAnswer } from "./contract.ts";
import { isSame } from "./secret-text.ts";

/** A code that a person carries from the terminal to the page. */
export interface OneTimeCode {
  /** As printed: two groups of four. */
  readonly text: string;
  /** True once: this page may come in. */
  redeem(typed: string): true | Extract<SessionAnswer, { error: string }>;
}

// No 0, 1, I, L, O, U: none is taken for another, and no word is made.
const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 8;
const mostTries = 5;
/** How long a code is good, milliseconds. */
export const codeLifeMs = 300_000;
/** Time between two tries, milliseconds. */
export const codeRestMs = 1_000;

/**
 * Make a code: good once, for five minutes, for five tries with a second
 * between them. Whoever reaches the port may try, also another user; five tries
 * in 30^8 are nothing, and then the code is gone.
 */
export function createOneTimeCode(now: () => number): OneTimeCode {
  const code = Array.from(
    { length: codeLength },
    () => alphabet[randomInt(alphabet.length)],
  ).join("");
  const endsAt = now() + codeLifeMs;
  let triesLeft = mostTries;
  let nextAt = 0;
  return {
    text: `${code.slice(0, 4)}-${code.slice(4)}`,
    redeem(typed) {
      if (triesLeft === 0 || now() >= endsAt) return { error: "none" };
      if (now() < nextAt) return { error: "later" };
      nextAt = now() + codeRestMs;
      if (isSame(readCode(typed), code)) {
        triesLeft = 0;
        return true;
      }
      triesLeft -= 1;
      return triesLeft === 0
        ? { error: "none" }
        : { error: "wrong", triesLeft };
    },
  };
}

function readCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "");
}
