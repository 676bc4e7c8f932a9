// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { ownerClient } from "./client.ts";
import { createStore, type Store, useStore } from "./store.ts";

const known: Store<readonly AccountRef[] | undefined> = createStore<
  readonly AccountRef[] | undefined
>(undefined);

// A chunk of its own: a request is on screen before it is loaded.
const services = () => import("./other-services.ts");

/** The user's accounts and their lock states, as last read; undefined: not yet. */
export function useAccounts(): readonly AccountRef[] | undefined {
  return useStore(known);
}

/** Read the accounts anew: after whatever may have changed them. What fails is left as it was. */
export async function refreshAccounts(): Promise<void> {
  try {
    const { AccountService } = await services();
    const { accounts } = await ownerClient(AccountService).listAccounts({});
    known.set(accounts);
  } catch {
    // Whether the broker is there is told by the stream of prompts.
  }
}

/** Lock one account, or all. No question first: it makes things safer. */
export async function lockAccount(account = ""): Promise<void> {
  try {
    const { AccountService } = await services();
    await ownerClient(AccountService).lockAccount({ account });
  } finally {
    await refreshAccounts();
  }
}
