// SPDX-License-Identifier: Apache-2.0
import {
  type AccountRef,
  AccountService,
  OwnerReason,
} from "@assent/protocol/owner";
import { refreshAccounts } from "../accounts.ts";
import { ownerClient } from "../client.ts";
import { readFailure } from "../failure.ts";
import { createStore, type Store, useStore } from "../store.ts";
import type { GivenCredential } from "./credential-form.tsx";

/** Ids of the accounts whose password was given on this page, as far as the page knows. */
const signedIn: Store<ReadonlySet<string>> = createStore<ReadonlySet<string>>(
  new Set(),
);

/** Whether the password of an account was given here, and neither time nor a lock has ended that. */
export function useSignedIn(accountId: string | undefined): boolean {
  const accounts = useStore(signedIn);
  return accountId !== undefined && accounts.has(accountId);
}

/**
 * Give the password of an account for this page. It is good for ten minutes
 * without use (the broker counts them), and ends at lock. It unlocks nothing
 * unless `unlock` is said.
 *
 * @throws ConnectError
 */
export async function signIn(
  credential: GivenCredential,
  unlock = false,
): Promise<void> {
  const accounts = ownerClient(AccountService);
  if (unlock) await accounts.unlockAccount({ credential });
  await accounts.authenticate({ credential });
  await refreshAccounts();
  noteSignIn(credential.account);
}

/** Note that the password of an account was given on this page by another way. */
export function noteSignIn(accountId: string): void {
  signedIn.set(new Set([...signedIn.get(), accountId]));
}

/** The page asks for the password again: it was locked, or too long unused, or the user wants so. */
export function signOut(accountId: string): void {
  const left = new Set(signedIn.get());
  if (left.delete(accountId)) signedIn.set(left);
}

/** Sign out of all accounts. */
export function signOutOfAll(): void {
  if (signedIn.get().size > 0) signedIn.set(new Set());
}

/**
 * Sign out of what has been locked since `before`, or is gone.
 *
 * @returns the ids of those accounts
 */
export function signOutOfLocked(
  before: readonly AccountRef[],
  after: readonly AccountRef[],
): readonly string[] {
  const ended = before
    .filter(({ id, locked }) => {
      const now = after.find((account) => account.id === id);
      return now === undefined || (!locked && now.locked);
    })
    .map(({ id }) => id);
  for (const id of ended) signOut(id);
  return ended;
}

/** Whether a call failed since the page is not signed in for the account any more. */
export function needsSignIn(error: unknown): boolean {
  const { reason } = readFailure(error);
  return (
    reason === OwnerReason.CREDENTIAL_REQUIRED ||
    reason === OwnerReason.ACCOUNT_LOCKED
  );
}
