// SPDX-License-Identifier: Apache-2.0
import {
  type AssentClient,
  AssentError,
  type ErrorCode,
  type Grant,
  type Scope,
} from "@assent/sdk-browserless";

/** Has access to write before a change is made. */
export type WriteAccess = () => Promise<void>;

// What the user said, or did not: it holds for this client.
const answers: ReadonlySet<ErrorCode> = new Set([
  "prompt-denied",
  "prompt-timed-out",
  "too-many-prompts",
  "not-approved",
  "wrong-account",
  "invalid",
]);

/**
 * @1password/sdk asks for an account as a whole. Here a program gets reading,
 * and the user is asked again when it makes its first change; once, whatever
 * the answer.
 */
export function createWriteAccess(
  client: AssentClient,
  scope: Scope = {},
): WriteAccess {
  let asked: Promise<Grant> | undefined;
  return async () => {
    const { state, grant } = client.status;
    if (grant?.scope.access === "read-write") return;
    // After a no, a lock or a revocation the call itself is told so (SDK-004).
    const isOver = ["refused", "locked", "revoked"].includes(state);
    if (isOver && asked === undefined) return;
    asked ??= client.authorize({ ...scope, access: "read-write" });
    try {
      await asked;
    } catch (error) {
      const isAnswer = error instanceof AssentError && answers.has(error.code);
      if (!isAnswer) asked = undefined;
      throw error;
    }
  };
}
