// SPDX-License-Identifier: Apache-2.0
import {
  type AccountRef,
  PromptService,
  type Session,
  SessionService,
} from "@assent/protocol/owner";
import { useCallback, useRef, useState } from "react";
import { ownerClient } from "../../client.ts";
import { useRepeated } from "../../credential/fresh.ts";
import { failureText } from "../../failure.ts";
import { listVaults } from "../items/item-calls.ts";
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
  const vaultNames = useRef(new Map<string, string>());
  const tried = useRef(new Set<string>());
  const lookAgain = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const [{ sessions }, { mutes }] = await Promise.all([
        ownerClient(SessionService).listSessions({}),
        ownerClient(PromptService).listMutes({}),
      ]);
      await Promise.all(
        accountsWithUnknownVaults(sessions, vaultNames.current)
          .filter((account) => !tried.current.has(account))
          .map(async (account) => {
            tried.current.add(account);
            for (const [id, name] of await namesOfVaults(account)) {
              vaultNames.current.set(id, name);
            }
          }),
      );
      // What was asked later knows better.
      if (mine !== asked.current) return;
      setFacts({
        sessions,
        mutes,
        vaultNames: vaultNames.current,
        takenAtMs: Date.now(),
      });
      setFailure(undefined);
    } catch (error) {
      if (mine === asked.current) setFailure(failureText(error));
    }
  }, []);
  useRepeated(() => void lookAgain());
  return { facts, failure, lookAgain };
}

function accountsWithUnknownVaults(
  sessions: readonly Session[],
  names: ReadonlyMap<string, string>,
): string[] {
  const accounts = sessions
    .filter(({ scopes }) =>
      scopes.some(
        ({ extent }) =>
          extent.case === "vaults" &&
          extent.value.vaults.some((id) => !names.has(id)),
      ),
    )
    .map(({ account }) => account?.id ?? "");
  return [...new Set(accounts)];
}

/** None where the password of the account was not given on this page: then ids have to do. */
async function namesOfVaults(
  account: string,
): Promise<readonly [string, string][]> {
  try {
    const vaults = await listVaults(account);
    return vaults.map(({ id, name }) => [id, name]);
  } catch {
    return [];
  }
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
