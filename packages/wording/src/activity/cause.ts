// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "../safe/make-safe.ts";

const sessionEnds: Readonly<Record<string, string>> = {
  expired: "it was not used, or its time was up",
  "account-locked": "the account was locked",
  "revoked-by-program": "the program gave it up",
  "revoked-by-user": "you revoked it",
  "integration-off": "the integration was turned off",
  "process-exited": "the program quit",
  "process-replaced": "the program became another one",
  "broker-stopped": "Assent was stopped",
};

/** Why a session ended: completes "access ended because …", no full stop. */
export function sessionEndText(cause: string): string {
  return lookUp(sessionEnds, cause);
}

const promptEnds: Readonly<Record<string, string>> = {
  approved: "it was approved",
  denied: "it was denied",
  "timed-out": "nobody answered",
  withdrawn: "the program stopped waiting",
  revoked: "the program gave it up",
  "process-exited": "the program quit",
  "process-replaced": "the program became another one",
  "account-locked": "the account was locked",
  "integration-off": "the integration was turned off",
  "too-many": "too many requests",
  failed: "it could not be shown",
};

/** Why a prompt ended: completes "the request ended: …", no full stop. */
export function promptCauseText(cause: string): string {
  return lookUp(promptEnds, cause);
}

const requestCauses: Readonly<Record<string, string>> = {
  "out-of-scope": "you did not approve it",
  "not-done": "it could not be done",
};

/** Why a request of a program failed: completes "…, which failed: …", no full stop. */
export function requestCauseText(cause: string): string {
  return lookUp(requestCauses, cause);
}

// A cause of a newer version is shown as it is.
function lookUp(texts: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(texts, key)
    ? (texts[key] ?? "")
    : makeSafe(key, { maxLength: 100 });
}
