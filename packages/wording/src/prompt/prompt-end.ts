// SPDX-License-Identifier: Apache-2.0
import { PromptEnd } from "@assent/protocol/owner";
import { makeSafe } from "../safe/make-safe.ts";

/** How a prompt ended, for the one who was looking at it. */
export function promptEndText(
  end: PromptEnd,
  program: string,
  account?: string,
): string {
  const name = makeSafe(program);
  const what = account === undefined ? "your account" : makeSafe(account);
  switch (end) {
    case PromptEnd.APPROVED:
      return `${name} can use ${what}.`;
    case PromptEnd.DENIED:
      return `${name} was denied. Nothing was given.`;
    case PromptEnd.TIMED_OUT:
      return "Too late: the request ended. Nothing was given.";
    case PromptEnd.WITHDRAWN:
      return `${name} stopped waiting before you answered.`;
    case PromptEnd.REQUESTER_EXITED:
      return `${name} quit before you answered.`;
    case PromptEnd.PROCESS_CHANGED:
      return `${name} became another program before you answered. Nothing was given.`;
    case PromptEnd.ACCOUNT_LOCKED:
      return `${what} was locked. Nothing was given.`;
    default:
      return "The request ended. Nothing was given.";
  }
}
