// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";

const sentences: Readonly<Record<Reason, string>> = {
  [Reason.UNSPECIFIED]:
    "The broker refused without saying why. Update the program or the broker.",
  [Reason.AUTHORIZATION_REQUIRED]:
    "You have not approved this yet. Run it again and answer the prompt.",
  [Reason.SESSION_EXPIRED]:
    "Access ended because it was not used, or its time was up. Run it again and answer the prompt.",
  [Reason.ACCOUNT_LOCKED]:
    "The account was locked, which ends all access to it. Run it again and answer the prompt.",
  [Reason.SESSION_REVOKED]:
    "Access was revoked. Run it again and answer the prompt if it should have it back.",
  [Reason.PROCESS_CHANGED]:
    "The program that was approved became another one. Run it again and answer the prompt.",
  [Reason.PROMPT_DENIED]: "You denied it. Nothing was given.",
  [Reason.PROMPT_TIMED_OUT]:
    "Nobody answered the prompt in time. Run it again with a surface open, as: assent watch",
  [Reason.OUT_OF_SCOPE]:
    "What you approved does not cover this. Ask for the scope that is needed.",
  [Reason.TOO_MANY_PROMPTS]:
    "Too many prompts of this program were not approved. Wait a minute, then run it again.",
  [Reason.PEER_UNIDENTIFIED]:
    "Your system could not tell which program is asking, so nobody was asked. Programs that hide themselves (set-user-id, not dumpable) cannot be served.",
  [Reason.VERSION_UNSUPPORTED]:
    "The program and the broker speak different versions of the protocol. Update the older one.",
  [Reason.INTEGRATION_DISABLED]:
    "The integration is off, or the broker is stopping. Turn it on with: assent integration on",
  [Reason.CONFLICT]:
    "The item was changed by someone else meanwhile. Read it again and repeat the change.",
  [Reason.NOT_FOUND]: "There is no such vault, item or file.",
  [Reason.INVALID]:
    "The broker did not accept what was sent. Check names and references.",
  [Reason.LIMIT_EXCEEDED]:
    "That is more than the broker takes at once. Ask for less, or wait for what is under way.",
  [Reason.STORAGE_FAILED]:
    "The vault could not be written; nothing was changed. Check free space and permissions.",
  [Reason.INTERNAL]:
    "The broker has a fault. Its log (assent broker run) tells more.",
};

/** Why a call of a program failed, and what to do next. */
export function reasonText(reason: Reason): string {
  return sentences[reason] ?? sentences[Reason.UNSPECIFIED];
}
