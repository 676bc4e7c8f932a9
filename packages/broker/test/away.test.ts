// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const isLocked = () => rig.broker.parts.accounts.list()[0]?.locked;

const credential = {
  account: "Personal",
  password: Buffer.from("correct horse battery").toString("base64"),
};

async function withItem(): Promise<void> {
  const vault = await rig.vault("Personal", "Dev");
  await rig.item("Personal", vault, "GitHub", { token: "shown" });
}

it("an account that was unlocked by hand locks when its user goes away, and its sessions end (LCK-001)", async () => {
  await withItem();
  const program = await rig.caller();
  await rig.owner.owner("AccountService/LockAccount");
  const unlocked = await rig.owner.owner("AccountService/UnlockAccount", {
    credential,
  });
  expect(unlocked.status).toBe(200);
  await rig.grant(program);
  rig.broker.userWentAway("screen-locked");
  expect(isLocked()).toBe(true);
  const answer = await rig.resolve(
    program,
    "Personal",
    "assent://Dev/GitHub/token",
  );
  expect(answer.text).toContain("ACCOUNT_LOCKED");
});

it("an account that an approval unlocked goes on while its user is away (SES-001)", async () => {
  await withItem();
  await rig.owner.owner("AccountService/LockAccount");
  const program = await rig.caller();
  await rig.grant(program);
  rig.broker.userWentAway("going-to-sleep");
  expect(isLocked()).toBe(false);
  const answer = await rig.resolve(
    program,
    "Personal",
    "assent://Dev/GitHub/token",
  );
  expect(answer.status).toBe(200);
});
