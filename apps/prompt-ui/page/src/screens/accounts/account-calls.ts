// SPDX-License-Identifier: Apache-2.0
import {
  type AccountRef,
  AccountService,
  type Backup,
  type KeySlot,
  type RestoreAccountRequestSchema,
} from "@assent/protocol/owner";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { refreshAccounts } from "../../accounts.ts";
import { ownerClient } from "../../client.ts";
import type { GivenCredential } from "../../credential/credential-form.tsx";
import { noteSignIn } from "../../credential/signed-in.ts";
import { newcomer } from "./newcomer.ts";

/*
 * What the screen of the accounts asks of the broker. All throw ConnectError;
 * passwords stay the caller's, who zeroes them.
 */

const service = () => ownerClient(AccountService);

/**
 * Make an account, and sign in to it here: the page may be one that sees
 * nothing before some password was given. Who made the first is new.
 */
export async function createAccount(
  name: string,
  password: Uint8Array<ArrayBuffer>,
  credential: GivenCredential | undefined,
): Promise<AccountRef | undefined> {
  const { account } = await service().createAccount({
    name,
    password,
    ...(credential && { credential }),
  });
  if (account !== undefined) {
    if (credential === undefined) newcomer.set("owes-recovery");
    await service().authenticate({
      credential: {
        account: account.id,
        proof: { case: "password", value: password },
      },
    });
    noteSignIn(account.id);
  }
  await refreshAccounts();
  return account;
}

/** Unlock by hand, and sign in here. */
export async function unlockAccount(
  credential: GivenCredential,
): Promise<void> {
  await service().unlockAccount({ credential });
  await service().authenticate({ credential });
  noteSignIn(credential.account);
  await refreshAccounts();
}

/** Give an account another name. */
export async function renameAccount(
  credential: GivenCredential,
  name: string,
): Promise<void> {
  await service().renameAccount({ credential, name });
  await refreshAccounts();
}

/** Change the password, with the present one or the recovery code. */
export async function changePassword(
  credential: GivenCredential,
  newPassword: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await service().changePassword({ credential, newPassword });
  await refreshAccounts();
}

/** A new recovery code as printed: bytes that the caller zeroes. */
export async function makeRecoveryCode(
  credential: GivenCredential,
): Promise<Uint8Array> {
  const response = await service().addRecoveryCode({ credential });
  // A copy of its own, so that what was received can go at once.
  const code = response.recoveryCode.slice();
  response.recoveryCode.fill(0);
  return code;
}

/** What opens an account; for a page that is signed in. */
export async function listSlots(account: string): Promise<readonly KeySlot[]> {
  return (await service().listKeySlots({ account })).slots;
}

/** Remove a way to open the account. */
export async function removeSlot(
  credential: GivenCredential,
  slotId: string,
): Promise<void> {
  await service().removeKeySlot({ credential, slotId });
}

/** The broker's own backups of an account, newest first. */
export async function listBackups(account: string): Promise<readonly Backup[]> {
  return (await service().listBackups({ account })).backups;
}

/** Copy an account; an empty path for one more of the broker's own. */
export async function backUp(
  credential: GivenCredential,
  path: string,
): Promise<void> {
  await service().backUpAccount({ credential, path });
}

/** Put a backup in the place of its account. Returns the account, locked. */
export async function restore(
  request: MessageInitShape<typeof RestoreAccountRequestSchema>,
): Promise<AccountRef | undefined> {
  const { account } = await service().restoreAccount(request);
  await refreshAccounts();
  return account;
}

/** Delete an account and all that is in it. */
export async function removeAccount(
  credential: GivenCredential,
): Promise<void> {
  await service().removeAccount({ credential });
  await refreshAccounts();
}
