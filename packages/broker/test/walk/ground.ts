// SPDX-License-Identifier: Apache-2.0
import { base64, type Rig } from "../rig.ts";
import type { Content, Item } from "./reach.ts";
import { accountNames, fieldNames, vaultNames } from "./steps.ts";

/** One of them is an account's password, in turns. */
export const passwords: readonly string[] = [
  "correct horse battery",
  "staple of a battery",
];

/** A broker with accounts that walks go over, one after the other. */
export interface Ground {
  readonly rig: Rig;
  readonly contents: Readonly<Record<string, Content>>;
  readonly vaultIds: Readonly<Record<string, Record<string, string>>>;
  /** By account: which of the passwords is the one. */
  readonly password: Record<string, number>;
  canaries: number;
}

/** Fill a rig: two accounts of two vaults and three items each, every value a different one. */
export async function layGround(rig: Rig): Promise<Ground> {
  const contents: Record<string, Content> = {};
  const ground: Ground = {
    rig,
    contents,
    vaultIds: {},
    password: { Personal: 0, Work: 0 },
    canaries: 0,
  };
  await rig.account("Work");
  for (const account of accountNames) {
    const vaults: Record<string, { id: string; canary: string }> = {};
    for (const name of vaultNames) {
      const canary = plant(ground);
      const made = await operate(ground, account, {
        putVault: { vault: { name, description: canary } },
      });
      vaults[name] = { id: made.vault.id, canary };
    }
    contents[account] = { vaults, items: [] };
  }
  return ground;
}

const firstItems = [
  { vault: "Dev", title: "Alpha" },
  { vault: "Dev", title: "Beta" },
  { vault: "Ops", title: "Gamma" },
];

function plant(ground: Ground): string {
  ground.canaries += 1;
  return `canary-${String(ground.canaries).padStart(5, "0")}-${"x".repeat(20)}`;
}

async function operate(
  ground: Ground,
  account: string,
  operation: object,
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any result.
): Promise<any> {
  const answer = await ground.rig.owner.owner("VaultService/Operate", {
    credential: credential(ground, account),
    operation,
  });
  if (answer.status !== 200) throw new Error(`${answer.code} ${answer.text}`);
  return answer.body.result;
}

/** What proves that it is the owner of an account. */
export function credential(ground: Ground, account: string) {
  return {
    account,
    password: base64(passwords[ground.password[account] ?? 0] ?? ""),
  };
}

/** Bring items, passwords and the integration back to where every walk starts. */
export async function restore(ground: Ground): Promise<void> {
  const { rig, contents } = ground;
  await rig.owner.owner("AccountService/LockAccount", {});
  if (!rig.broker.parts.integration.isOn) await turnOn(ground);
  for (const account of accountNames) {
    const content = contents[account];
    if (content === undefined) continue;
    if (ground.password[account] !== 0) await changePassword(ground, account);
    const isAsAtFirst =
      content.items.length === firstItems.length &&
      content.items.every(
        (item, at) =>
          item.vault === firstItems[at]?.vault &&
          item.title === firstItems[at]?.title,
      );
    if (isAsAtFirst) continue;
    for (const item of content.items) await remove(ground, account, item);
    content.items = [];
    for (const { vault, title } of firstItems) {
      content.items.push(await makeItem(ground, account, vault, title));
    }
  }
}

async function makeItem(
  ground: Ground,
  account: string,
  vault: string,
  title: string,
): Promise<Item> {
  const planted = fieldNames.map((name) => ({ name, canary: plant(ground) }));
  const made = await operate(ground, account, {
    putItems: {
      items: [
        {
          overview: { vaultId: vaultId(ground, account, vault), title },
          fields: planted.map(({ name, canary }) => ({
            title: name,
            type: "FIELD_TYPE_CONCEALED",
            value: base64(canary),
          })),
        },
      ],
    },
  });
  const { item } = made.itemOutcomes.outcomes[0];
  return {
    id: item.overview.id,
    vault,
    title,
    fields: Object.fromEntries(
      planted.map(({ name, canary }, at) => [
        name,
        { id: item.fields[at].id, canary },
      ]),
    ),
  };
}

/** The id of a vault, by name. */
export function vaultId(
  ground: Ground,
  account: string,
  vault: string,
): string {
  return ground.contents[account]?.vaults[vault]?.id ?? "";
}

/** Take an item out of its vault. */
export async function remove(
  ground: Ground,
  account: string,
  item: Item,
): Promise<void> {
  await operate(ground, account, {
    removeItems: {
      vaultId: vaultId(ground, account, item.vault),
      itemIds: [item.id],
    },
  });
}

/** Put an item under another title, or into another vault. */
export async function put(
  ground: Ground,
  account: string,
  item: Item,
  to: { vault: string; title: string },
): Promise<void> {
  const got = await operate(ground, account, {
    getItems: { vault: item.vault, itemIds: [item.id] },
  });
  const stored = got.itemOutcomes.outcomes[0].item;
  stored.overview.title = to.title;
  stored.overview.vaultId = vaultId(ground, account, to.vault);
  const done = await operate(ground, account, {
    putItems: { items: [stored] },
  });
  if (done.itemOutcomes.outcomes[0].item === undefined)
    throw new Error(JSON.stringify(done));
  Object.assign(item, to);
}

/** From one of the two passwords to the other. */
export async function changePassword(
  ground: Ground,
  account: string,
): Promise<void> {
  const next = 1 - (ground.password[account] ?? 0);
  const answer = await ground.rig.owner.owner("AccountService/ChangePassword", {
    credential: credential(ground, account),
    newPassword: base64(passwords[next] ?? ""),
  });
  if (answer.status !== 200) throw new Error(`${answer.code} ${answer.text}`);
  ground.password[account] = next;
}

/** Turn the integration on. */
export async function turnOn(ground: Ground): Promise<void> {
  const answer = await ground.rig.owner.owner("SettingsService/PutSettings", {
    credential: credential(ground, "Personal"),
    settings: { integrationEnabled: true },
  });
  if (answer.status !== 200) throw new Error(`${answer.code} ${answer.text}`);
}
