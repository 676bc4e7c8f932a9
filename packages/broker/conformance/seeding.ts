// SPDX-License-Identifier: Apache-2.0
import {
  type Account,
  type Item,
  type SeededItem,
  SeededItemSchema,
} from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import type { Subject } from "./subject.ts";

/**
 * Make accounts as their owner would: with their vaults and items, unlocked
 * unless they are to be locked. The integration goes on with the first of all,
 * last of everything: who can connect finds them whole.
 */
export async function seedAccounts(
  subject: Subject,
  accounts: readonly Account[],
): Promise<{ readonly accountIds: string[]; readonly items: SeededItem[] }> {
  const isFirst = subject.passwords.size === 0;
  const accountIds: string[] = [];
  const items: SeededItem[] = [];
  for (const account of accounts) {
    const seeded = await seedAccount(subject, account);
    accountIds.push(seeded.accountId);
    items.push(...seeded.items);
  }
  const [first] = accountIds;
  if (isFirst && first !== undefined) {
    await subject.must("SettingsService/PutSettings", {
      credential: subject.credential(first),
      settings: { integrationEnabled: true },
    });
  }
  return { accountIds, items };
}

/** One of them. Returns its id. */
async function seedAccount(
  subject: Subject,
  account: Account,
): Promise<{ readonly accountId: string; readonly items: SeededItem[] }> {
  const [first] = subject.passwords.keys();
  const made = await subject.must("AccountService/CreateAccount", {
    name: account.displayName,
    password: base64(account.credential),
    ...(first === undefined ? {} : { credential: subject.credential(first) }),
  });
  const accountId = made.account.id as string;
  subject.passwords.set(accountId, account.credential);
  const credential = subject.credential(accountId);
  await subject.must("AccountService/Authenticate", { credential });
  await subject.must("AccountService/UnlockAccount", { credential });
  const operate = async (operation: object) =>
    (await subject.must("VaultService/Operate", { credential, operation }))
      .result;
  const items: SeededItem[] = [];
  for (const vault of new Set(account.items.map((item) => item.vault))) {
    const put = await operate({ putVault: { vault: { name: vault } } });
    const vaultId = put.vault.id as string;
    const wanted = account.items.filter((item) => item.vault === vault);
    const { itemOutcomes } = await operate({
      putItems: { items: wanted.map((item) => itemJson(vaultId, item)) },
    });
    wanted.forEach(({ title }, index) => {
      const itemId = itemOutcomes.outcomes[index].item.overview.id as string;
      const seeded = { accountId, vaultId, vault, itemId, title };
      items.push(create(SeededItemSchema, seeded));
    });
  }
  if (account.locked) {
    await subject.must("AccountService/LockAccount", { account: accountId });
  }
  return { accountId, items };
}

function itemJson(vaultId: string, { title, value, otpUri }: Item): object {
  const field = (name: string, type: string, text: string) => ({
    id: name,
    title: name,
    type,
    value: base64(text),
  });
  return {
    overview: { vaultId, title },
    fields: [
      field("value", "FIELD_TYPE_CONCEALED", value),
      ...(otpUri === "" ? [] : [field("otp", "FIELD_TYPE_TOTP", otpUri)]),
    ],
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
