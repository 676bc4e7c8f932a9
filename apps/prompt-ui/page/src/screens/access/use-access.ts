// SPDX-License-Identifier: Apache-2.0
import {
  type AccountRef,
  PromptService,
  SessionService,
} from "@assent/protocol/owner";
import { useCallback, useRef, useState } from "react";
import { ownerClient } from "../../client.ts";
import { useRepeated } from "../../credential/fresh.ts";
import { failureText } from "../../failure.ts";
import type { AccessFacts } from "./access-view.ts";

/** Who has access, as far as the broker has told. */
export interface Access {
  /** Undefined: not told yet. */
  readonly facts: Omit<AccessFacts, "accounts"> | undefined;
  /** Why it could not be read the last time. */
  readonly failure: string | undefined;
  /** Look again now: after something was ended. */
  readonly lookAgain: () => Promise<void>;
}

/** Sessions and mutes, read again and again while the screen is open. */
export function useAccess(): Access {
  const [facts, setFacts] = useState<Access["facts"]>();
  const [failure, setFailure] = useState<string>();
  const asked = useRef(0);
  const lookAgain = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const [{ sessions }, { mutes }] = await Promise.all([
        ownerClient(SessionService).listSessions({}),
        ownerClient(PromptService).listMutes({}),
      ]);
      // What was asked later knows better.
      if (mine !== asked.current) return;
      setFacts({ sessions, mutes, takenAtMs: Date.now() });
      setFailure(undefined);
    } catch (error) {
      if (mine === asked.current) setFailure(failureText(error));
    }
  }, []);
  useRepeated(() => void lookAgain());
  return { facts, failure, lookAgain };
}

/** End one access. @throws ConnectError */
export async function revokeSession(sessionId: string): Promise<void> {
  await ownerClient(SessionService).revokeSessions({
    which: { case: "sessionId", value: sessionId },
  });
}

/** End all access to an account. @throws ConnectError */
export async function revokeAccount(
  account: Pick<AccountRef, "id">,
): Promise<void> {
  await ownerClient(SessionService).revokeSessions({
    which: { case: "account", value: account.id },
  });
}

/** Let a muted program ask again. @throws ConnectError */
export async function unmute(muteId: string): Promise<void> {
  await ownerClient(PromptService).removeMute({ muteId });
}
