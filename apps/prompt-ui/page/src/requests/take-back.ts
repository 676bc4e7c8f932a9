// SPDX-License-Identifier: Apache-2.0
import {
  PromptService,
  type Session,
  SessionService,
} from "@assent/protocol/owner";
import { requestText } from "@assent/wording";
import { ownerClient } from "../client.ts";
import type { Card } from "./card.ts";
import type { RequestsEvent } from "./requests-state.ts";

/** Let a program ask again that was muted from a card. */
export async function unmute(muteId: string): Promise<RequestsEvent> {
  try {
    await ownerClient(PromptService).removeMute({ muteId });
  } catch {
    // It ended by itself: the program may ask again all the same.
  }
  return { kind: "unmuted", muteId, text: requestText.unblocked };
}

/**
 * End the access that a card has given.
 *
 * @throws ConnectError
 */
export async function revoke(card: Card): Promise<RequestsEvent> {
  const sessions = ownerClient(SessionService);
  const { sessions: all } = await sessions.listSessions({});
  const given = all.find((session) => isOf(session, card));
  if (given !== undefined) {
    await sessions.revokeSessions({
      which: { case: "sessionId", value: given.id },
    });
  }
  return {
    kind: "revoked",
    promptId: card.prompt.id,
    text:
      given === undefined ? requestText.nothingToRevoke : requestText.revoked,
  };
}

// A process has one session for an account. Its id alone may be another's by now.
function isOf(
  { account, process }: Session,
  { prompt, ...card }: Card,
): boolean {
  const asked = prompt.body.process;
  return (
    account?.id === card.account?.id &&
    process?.pid === asked?.pid &&
    process?.startedAt !== undefined &&
    process.startedAt.seconds === asked?.startedAt?.seconds &&
    process.startedAt.nanos === asked.startedAt.nanos
  );
}
