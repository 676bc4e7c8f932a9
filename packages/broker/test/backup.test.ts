// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { base64, passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let id: string;
let copy: string;

const credential = { account: "Personal", password: passwordJson };

beforeEach(async () => {
  rig = await startRig();
  id = rig.broker.parts.accounts.find("Personal")?.id ?? "";
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "canary-old" });
  copy = join(rig.home, "copy");
});
afterEach(() => rig.close());

const backUp = (path: string) =>
  rig.owner.owner("AccountService/BackUpAccount", { credential, path });
const restore = (message: object, on = rig.owner) =>
  on.owner("AccountService/RestoreAccount", message);
const titles = async () => {
  const [vault] = (await rig.operate("Personal", { listVaults: {} })).vaults
    .vaults;
  const { itemOverviews } = await rig.operate("Personal", {
    listItems: { vault: vault.id },
  });
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the answer.
  return itemOverviews.items.map((item: any) => item.title).sort();
};

it("a restored account is as it was in the copy; sessions, prompts and approvals of before are void", async () => {
  expect((await backUp(copy)).status).toBe(200);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const program = await rig.caller();
  await rig.grant(program);
  const asking = await rig.caller();
  const waiting = asking.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  const begun = await rig.owner.owner("PromptService/BeginApproval", {
    promptId: prompt?.id,
    digest: prompt?.digest,
    method: "APPROVAL_METHOD_PASSWORD",
  });
  expect(begun.status).toBe(200);

  const answer = await restore({ credential, path: copy });
  expect(answer.status).toBe(200);
  expect(answer.body.account).toMatchObject({ id, locked: true });
  expect((await waiting).status).not.toBe(200);
  const approved = await rig.owner.owner("PromptService/Approve", {
    approvalId: begun.body.approvalId,
    password: passwordJson,
  });
  expect(approved.status).not.toBe(200);
  const read = await rig.resolve(
    program,
    "Personal",
    "assent://Dev/GitHub/token",
  );
  expect(read.reason).toBe("ACCOUNT_LOCKED");

  const listed = await rig.owner.owner("AccountService/ListBackups", {
    account: "Personal",
  });
  const [kept] = listed.body.backups;
  expect(kept.name.startsWith(id)).toBe(true);
  expect(Number(kept.size)).toBeGreaterThan(0);
});

it("a backup that is listed brings back what was changed since, and what it replaced can be brought back", async () => {
  const [vault] = (await rig.operate("Personal", { listVaults: {} })).vaults
    .vaults;
  expect((await backUp("")).status).toBe(200);
  rig.time.advance(1);
  await rig.item("Personal", vault.id, "Later", { token: "x" });
  const list = async () =>
    (
      await rig.owner.owner("AccountService/ListBackups", {
        account: "Personal",
      })
    ).body.backups as { name: string }[];
  expect(await titles()).toEqual(["GitHub", "Later"]);
  const before = await list();
  rig.time.advance(1);
  const old = before.at(-1)?.name;
  expect((await restore({ credential, backup: old })).status).toBe(200);
  const [replaced] = await list();
  expect(before.map(({ name }) => name)).not.toContain(replaced?.name);
  rig.time.advance(1);
  const back = await restore({ credential, backup: replaced?.name });
  expect(back.status).toBe(200);
  expect(await titles()).toEqual(["GitHub", "Later"]);
});

it("without the right credentials nothing is restored, and nothing is looked at (T41)", async () => {
  await backUp(copy);
  const stranger = await rig.caller();
  const before = readdirSync(join(rig.home, "accounts")).sort();
  const wrong = { account: "Personal", password: base64("not the password") };
  const refused: [object, string][] = [
    [{ path: copy }, "CREDENTIAL_REQUIRED"],
    [{ path: copy, backupCredential: credential }, "CREDENTIAL_REQUIRED"],
    [{ path: copy, credential: wrong }, "WRONG_CREDENTIAL"],
    [{ path: copy, credential, backupCredential: wrong }, "WRONG_CREDENTIAL"],
    [{ path: "copy", credential }, "INVALID"],
    [{ credential }, "INVALID"],
    [{ backup: "nothing", credential }, "NOT_FOUND"],
    [{ present: "Nobody", credential }, "NOT_FOUND"],
    [{ path: "/dev/zero", credential }, "STORAGE_FAILED"],
  ];
  for (const [message, reason] of refused) {
    expect((await restore(message, stranger)).reason).toBe(reason);
    rig.time.advance(600_000);
  }
  expect(readdirSync(join(rig.home, "accounts")).sort()).toEqual(before);
});

it("another account's credential does not restore an account that can be used (T41)", async () => {
  await backUp(copy);
  await rig.account("Work");
  const work = { account: "Work", password: passwordJson };
  const answer = await restore({ credential: work, path: copy });
  expect(answer.reason).toBe("INVALID");
  expect(answer.text).toMatch(/Give its own password/);
});

it("an older file that was put back opens neither by hand nor by an approval, says what to do, and is accepted on purpose alone (T37)", async () => {
  const path = join(rig.home, "accounts", `${id}.db`);
  await rig.broker.stop();
  copyFileSync(path, copy);
  await rig.restart();
  const [vault] = (await rig.operate("Personal", { listVaults: {} })).vaults
    .vaults;
  await rig.item("Personal", vault.id, "Later", { token: "x" });
  await rig.broker.stop();
  copyFileSync(copy, path);
  await rig.restart();
  const unlocked = await rig.owner.owner("AccountService/UnlockAccount", {
    credential,
  });
  expect(unlocked.reason).toBe("STORAGE_FAILED");
  expect(unlocked.text).toMatch(/is older .*assent account restore/);
  const program = await rig.caller();
  const asking = program.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  if (prompt === undefined) throw new Error("no prompt");
  expect((await rig.approve(prompt)).status).not.toBe(200);
  await rig.deny(prompt);
  expect((await asking).status).not.toBe(200);
  const accepted = await restore({ credential, present: "Personal" });
  expect(accepted.status).toBe(200);
  expect(await titles()).toEqual(["GitHub"]);
});

it("a mark that is gone is written down, and told to whoever runs the broker (T37)", async () => {
  await rig.broker.stop();
  rmSync(join(rig.home, "accounts", `${id}.db-mark`));
  await rig.restart();
  expect(await titles()).toEqual(["GitHub"]);
  expect(
    rig.lines.some((line) => line.includes("mark of an account was missing")),
  ).toBe(true);
  const log = rig.owner.watch("ActivityService/ListActivity", {
    account: "Personal",
    credential,
  });
  const kinds: string[] = [];
  for (;;) {
    const entry = await log.next();
    if (entry.eventJson === undefined) break;
    kinds.push(JSON.parse(entry.eventJson).kind);
  }
  expect(kinds).toContain("mark-missing");
});
