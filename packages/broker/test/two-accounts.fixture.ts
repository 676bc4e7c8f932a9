// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll } from "vitest";
import type { Answer, Caller } from "./caller.ts";
import { type Rig, startRig } from "./rig.ts";

// One broker for a file of tests, with two accounts: "Personal" has the vaults
// Dev and Dev2 with an item each, "Work" the vault Team.

/** The token of Dev/GitHub; that of Dev2/GitLab ends in -2. */
export const secret = "canary-7f3a-token";
export let rig: Rig;
export let personal: string;
export let work: string;
export let dev: string;
export let dev2: string;
export let token: string;

beforeAll(async () => {
  rig = await startRig();
  personal = (await rig.broker.parts.accounts.list())[0]?.id ?? "";
  work = await rig.account("Work");
  dev = await rig.vault("Personal", "Dev");
  dev2 = await rig.vault("Personal", "Dev2");
  token = await rig.item("Personal", dev, "GitHub", { token: secret });
  await rig.item("Personal", dev2, "GitLab", { token: `${secret}-2` });
  await rig.vault("Work", "Team");
});
afterAll(() => rig.close());

export const reference = "assent://Dev/GitHub/token";
export const firstSecret = (answer: Answer): unknown =>
  answer.body?.result?.resolvedSecrets?.secrets?.[0];
export const everyVault = { access: "ACCESS_READ", everyVault: {} };
export const oneVault = (vault: string, access = "ACCESS_READ") => ({
  access,
  vaults: { vaults: [vault] },
});

/** A process with access to Personal. */
export async function withGrant(
  scope?: object,
  decision = {},
): Promise<Caller> {
  const caller = await rig.caller();
  await rig.grant(
    caller,
    { account: "Personal", ...(scope ? { scope } : {}) },
    decision,
  );
  return caller;
}
