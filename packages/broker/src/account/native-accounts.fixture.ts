// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Item, ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach } from "vitest";
import type { AccountStore } from "../vault/store.ts";
import {
  AccountError,
  type AccountFailure,
  type Accounts,
  type VerifiedCredential,
} from "./accounts.ts";
import { createAccounts } from "./native-accounts.ts";
import type { PasswordOptions } from "./password.ts";

/** The least cost there is. */
export const weak: PasswordOptions = {
  cost: { memory: 32, passes: 1, parallelism: 1 },
  acceptsWeakCost: true,
};

/** A folder for each test. */
export let directory: string;
/** What is closed when the test is over. */
export const open: Accounts[] = [];

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), "assent-accounts-"));
  directory = join(parent, "accounts");
});

afterEach(() => {
  for (const accounts of open.splice(0)) accounts.close();
  rmSync(join(directory, ".."), { recursive: true });
});

/** A set of accounts over the folder of this test, at a cost that no broker takes. */
export function start(passwords: PasswordOptions = {}): Accounts {
  const accounts = createAccounts({
    directory,
    now: () => 1_000,
    passwords: { ...weak, ...passwords },
  });
  open.push(accounts);
  return accounts;
}

/** The files of accounts there are. */
export function databases(): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".db"))
    .sort();
}

export const utf8 = (text: string): Uint8Array =>
  new TextEncoder().encode(text);
export const right = "correct horse";

/** A password as proof. */
export function password(text: string) {
  return { kind: "password", secret: utf8(text) } as const;
}

/** A credential that is right, else an error. */
export async function verified(
  accounts: Accounts,
  account: string,
  proof: Parameters<Accounts["verify"]>[1] = password(right),
): Promise<VerifiedCredential> {
  const credential = await accounts.verify(account, proof);
  if (credential === undefined) throw new Error("not right");
  return credential;
}

/** Why it is refused; an error where it is not. */
export async function refusal(use: () => unknown): Promise<AccountFailure> {
  try {
    await use();
  } catch (error) {
    if (error instanceof AccountError) return error.failure;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Keep one secret in the account. */
export function putSecret(store: AccountStore, value: string): Item {
  const vaultId =
    store.vaults()[0]?.id ??
    store.putVault(create(VaultSchema, { name: "Dev" })).id;
  return store.putItem(
    create(ItemSchema, {
      overview: { vaultId, title: "token" },
      fields: [{ title: "t", value: utf8(value) }],
    }),
  );
}

/** The secret of `putSecret`. */
export function readSecret(store: AccountStore): string {
  const [vault] = store.vaults();
  const [entry] = store.items(vault?.id ?? "");
  using opened = store.read(entry?.overview.id ?? "");
  return Buffer.from(opened.item.fields[0]?.value ?? []).toString();
}
