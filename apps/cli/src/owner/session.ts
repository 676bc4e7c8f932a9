// SPDX-License-Identifier: Apache-2.0
import type {
  AccountRef,
  Credential,
  CredentialSchema,
} from "@assent/protocol/owner";
import { inARow, makeSafe, passwordLabel } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CredentialOptions,
  createSecretInput,
  type SecretInput,
} from "../credential.ts";
import { CommandError, exitCodes, usageError } from "../exit.ts";
import type { Io } from "../io.ts";
import { findPlaces, findPlacesForCredential } from "../places.ts";
import { connectOwner, type OwnerClient } from "./owner-client.ts";

/** Options of every command. */
export interface HomeOptions {
  readonly home?: string;
}

/** Options of every command that takes a credential. */
export interface AccountOptions extends HomeOptions, CredentialOptions {
  readonly account?: string;
}

/** What a command that takes a credential works with. */
export interface Authenticated {
  readonly owner: OwnerClient;
  readonly account: AccountRef;
  readonly secrets: SecretInput;
  /** What was given as the credential, zeroed when the command ends. */
  readonly secret: Uint8Array;
  /** The account's credential; its bytes are zeroed when the command ends. */
  readonly credential: MessageInitShape<typeof CredentialSchema> &
    Pick<Credential, "account">;
}

/** Run a command that takes no credential, on a connection of its own. */
export async function withOwner<T>(
  io: Io,
  options: HomeOptions,
  use: (owner: OwnerClient) => Promise<T>,
): Promise<T> {
  const { ownerSocket } = findPlaces(io, options.home);
  const owner = await connectOwner(ownerSocket, io.userId);
  try {
    return await use(owner);
  } finally {
    owner.close();
  }
}

/** Run a command that takes a credential: asks for it, and zeroes it in the end. */
export async function withCredential<T>(
  io: Io,
  options: AccountOptions,
  use: (session: Authenticated) => Promise<T>,
  label: (account: string) => string = passwordLabel,
): Promise<T> {
  const { ownerSocket } = await findPlacesForCredential(io, options.home);
  const secrets = createSecretInput(io, options);
  const owner = await connectOwner(ownerSocket, io.userId);
  let password: Uint8Array | undefined;
  try {
    const account = await pickAccount(owner, options.account);
    password = await secrets.password(label(account.name));
    return await use({
      owner,
      account,
      secrets,
      secret: password,
      credential: {
        account: account.id,
        proof: { case: "password", value: password },
      },
    });
  } finally {
    password?.fill(0);
    owner.close();
  }
}

/** As `withCredential`, and the connection is authenticated: a trusted surface. */
export function withTrust<T>(
  io: Io,
  options: AccountOptions,
  use: (session: Authenticated) => Promise<T>,
): Promise<T> {
  return withCredential(io, options, async (session) => {
    await session.owner.accounts.authenticate({
      credential: session.credential,
    });
    return use(session);
  });
}

/**
 * The account that is meant: by name or id, else the only one.
 *
 * @throws CommandError when there is none, or several and none is named
 */
export async function pickAccount(
  owner: OwnerClient,
  name: string | undefined,
): Promise<AccountRef> {
  const { accounts } = await owner.accounts.listAccounts({});
  if (accounts.length === 0) {
    throw new CommandError(
      exitCodes.notFound,
      "You have no account yet.",
      "Create one with: assent account create Personal",
    );
  }
  const names = inARow(accounts.map((account) => makeSafe(account.name)));
  if (name === undefined) {
    const [only, other] = accounts;
    if (only !== undefined && other === undefined) return only;
    throw usageError(
      `You have several accounts: ${names}.`,
      "Say which with --account NAME.",
    );
  }
  const found =
    accounts.find(({ id }) => id === name) ??
    accounts.find((account) => account.name === name);
  if (found !== undefined) return found;
  throw new CommandError(
    exitCodes.notFound,
    `There is no account ${makeSafe(name)}.`,
    `You have: ${names}.`,
  );
}
