// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lockAccount } from "../src/rpc/endings.ts";
import type { Caller } from "./caller.ts";
import { base64, passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let personal: string;

beforeAll(async () => {
  rig = await startRig();
  personal = rig.broker.parts.accounts.find("Personal")?.id ?? "";
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "canary-lock" });
  await rig.account("Work");
  const team = await rig.vault("Work", "Team");
  await rig.item("Work", team, "Deploy", { key: "k" });
});
afterAll(() => rig.close());
beforeEach(async () => {
  await lock();
});

const read = (caller: Caller) =>
  rig.resolve(caller, "Personal", "assent://Dev/GitHub/token");
const readWork = (caller: Caller) =>
  rig.resolve(caller, "Work", "assent://Team/Deploy/key");
const lock = (account?: string) =>
  rig.owner.owner("AccountService/LockAccount", account ? { account } : {});
const unlock = (account: string) =>
  rig.owner.owner("AccountService/UnlockAccount", {
    credential: { account, password: passwordJson },
  });
const isLocked = (account: string) =>
  rig.broker.parts.accounts.find(account)?.locked;
async function granted(account = "Personal"): Promise<Caller> {
  const caller = await rig.caller();
  await rig.grant(caller, { account });
  return caller;
}

describe("lock", () => {
  it("ends the authorizations of every process before it is done (LCK-001)", async () => {
    const callers = [await granted(), await granted(), await granted()];
    for (const caller of callers) expect((await read(caller)).status).toBe(200);
    expect((await lock("Personal")).status).toBe(200);
    for (const caller of callers) {
      const answer = await read(caller);
      expect([answer.code, answer.reason]).toEqual([
        "unauthenticated",
        "ACCOUNT_LOCKED",
      ]);
    }
  });

  it("twice is as good as once (LCK-001)", async () => {
    await granted();
    expect((await lock("Personal")).status).toBe(200);
    expect((await lock("Personal")).status).toBe(200);
    expect(isLocked("Personal")).toBe(true);
  });

  it("leaves other accounts and their time alone (LCK-006)", async () => {
    const caller = await granted("Work");
    await rig.grant(caller, { account: "Personal" });
    rig.time.advance(599_999);
    await lock("Personal");
    expect((await readWork(caller)).status).toBe(200);
    rig.time.advance(600_000);
    expect((await readWork(caller)).reason).toBe("SESSION_EXPIRED");
  });

  it("of everything ends every account (LCK-007)", async () => {
    const caller = await granted("Work");
    await rig.grant(caller, { account: "Personal" });
    await lock();
    expect((await read(caller)).reason).toBe("ACCOUNT_LOCKED");
    expect((await readWork(caller)).reason).toBe("ACCOUNT_LOCKED");
  });

  it("dismisses pending prompts and choices; who held nothing is told no more than a denial (LCK-004)", async () => {
    const [stranger, chooser, holder, other] = [
      await rig.caller(),
      await rig.caller(),
      await granted(),
      await rig.caller(),
    ];
    const calls = [
      stranger.broker("Authorize", { account: "Personal" }),
      chooser.broker("Authorize", {}),
      holder.broker("Authorize", {
        account: "Personal",
        scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
      }),
    ];
    const untouched = other.broker("Authorize", { account: "Work" });
    const prompts = await rig.pending(4);
    await lock("Personal");
    expect((await Promise.all(calls)).map((a) => a.reason)).toEqual([
      "PROMPT_DENIED",
      "PROMPT_DENIED",
      "ACCOUNT_LOCKED",
    ]);
    const [left] = await rig.pending(1);
    expect(left?.body.account?.name).toBe("Work");
    // A late decision has no effect.
    for (const prompt of prompts.filter((p) => p.id !== left?.id)) {
      expect((await rig.approve(prompt, { account: personal })).reason).toBe(
        "PROMPT_GONE",
      );
    }
    expect(isLocked("Personal")).toBe(true);
    if (left) await rig.deny(left);
    await untouched;
  });

  it("while the password is being checked wins: nothing is granted, the account stays locked (SES-019, T46)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    const begun = await rig.owner.owner("PromptService/BeginApproval", {
      promptId: prompt.id,
      digest: prompt.digest,
      method: "APPROVAL_METHOD_PASSWORD",
    });
    // Held just where the key derivation ends and the commit begins.
    const { accounts } = rig.broker.parts;
    const { verify } = accounts;
    accounts.verify = async (...args) => {
      const verified = await verify.apply(accounts, args);
      accounts.verify = verify;
      await lock("Personal");
      return verified;
    };
    const approved = await rig.owner.owner("PromptService/Approve", {
      approvalId: begun.body.approvalId,
      password: passwordJson,
    });
    expect(approved.code).toBeDefined();
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
    expect(isLocked("Personal")).toBe(true);
    expect((await read(caller)).code).toBe("unauthenticated");
  });
});

it("changing the password voids an approval that was begun before (SES-019)", async () => {
  const caller = await rig.caller();
  const authorizing = caller.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  const begun = await rig.owner.owner("PromptService/BeginApproval", {
    promptId: prompt?.id,
    digest: prompt?.digest,
    method: "APPROVAL_METHOD_PASSWORD",
  });
  await rig.owner.owner("AccountService/ChangePassword", {
    credential: { account: "Personal", password: passwordJson },
    newPassword: passwordJson,
  });
  const approved = await rig.owner.owner("PromptService/Approve", {
    approvalId: begun.body.approvalId,
    password: passwordJson,
  });
  expect(approved.reason).toBe("NOT_APPROVED");
  if (prompt) await rig.deny(prompt);
  expect((await authorizing).reason).toBe("PROMPT_DENIED");
});

describe("an answer on its way when the account is locked", () => {
  it("is not given: a refusal leaves in its place (LCK-002, T29)", async () => {
    const caller = await granted();
    const { recorder } = rig.broker.parts;
    const require = recorder.require;
    // Between the answer and its first byte.
    recorder.require = (...args) => {
      recorder.require = require;
      require(...args);
      queueMicrotask(() => lockAccount(rig.broker.parts, personal, "test"));
    };
    const answer = await read(caller);
    expect([answer.code, answer.reason]).toEqual([
      "unauthenticated",
      "ACCOUNT_LOCKED",
    ]);
    expect(answer.text).not.toContain(base64("canary-lock"));
  });

  it("to a change that was made does not leave at all: a refusal would have it made again (LCK-002, SDK-002)", async () => {
    const caller = await rig.caller();
    await rig.grant(caller, {
      account: "Personal",
      scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
    });
    const { recorder } = rig.broker.parts;
    const require = recorder.require;
    recorder.require = (...args) => {
      recorder.require = require;
      require(...args);
      queueMicrotask(() => lockAccount(rig.broker.parts, personal, "test"));
    };
    const answer = await caller.broker("Request", {
      account: "Personal",
      operation: { putVault: { vault: { name: "Made once" } } },
    });
    expect([answer.status, answer.text]).toEqual([0, ""]);
    const { vaults } = await rig.operate("Personal", { listVaults: {} });
    expect(
      vaults.vaults.filter((v: { name: string }) => v.name === "Made once"),
    ).toHaveLength(1);
  });

  it("and has begun is cut off: nothing leaves that the kernel had not taken (LCK-002, T29b)", async () => {
    const big = base64("x".repeat(2_500_000));
    const { vault } = await rig.operate("Work", {
      putVault: { vault: { name: "Big" } },
    });
    const item = {
      overview: { vaultId: vault.id, title: "Big" },
      fields: [{ title: "blob", value: big }],
    };
    await rig.operate("Work", { putItems: { items: [item] } });
    const caller = await granted("Work");
    const calling = caller.broker(
      "Request",
      {
        account: "Work",
        operation: {
          resolveSecrets: { references: ["assent://Big/Big/blob"] },
        },
      },
      { stall: true },
    );
    while (!rig.broker.parts.flights.isWriting) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await lock("Work");
    expect(rig.broker.parts.flights.isWriting).toBe(false);
    await calling.read();
    const answer = await calling;
    expect(answer.text.length).toBeLessThan(big.length / 2);
  });
});

describe("a locked account", () => {
  it("grants nothing before its password is given, and is unlocked by the approval (LCK-008, SES-005)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    expect(prompt?.body.account?.locked).toBe(true);
    expect((await read(caller)).code).toBe("unauthenticated");
    expect(isLocked("Personal")).toBe(true);
    if (prompt) await rig.approve(prompt);
    expect((await authorizing).status).toBe(200);
    expect(isLocked("Personal")).toBe(false);
  });

  it("is answered like an unlocked one to who holds nothing (LEAK-002)", async () => {
    const caller = await rig.caller();
    const locked = await read(caller);
    await unlock("Personal");
    expect((await read(caller)).text).toBe(locked.text);
  });

  it("does not get its authorizations back when it is unlocked (LCK-005)", async () => {
    const caller = await granted();
    await lock("Personal");
    await unlock("Personal");
    expect((await read(caller)).reason).toBe("ACCOUNT_LOCKED");
    expect(await rig.prompts()).toEqual([]);
    await rig.grant(caller);
    expect((await read(caller)).status).toBe(200);
  });
});

describe("an account locks by itself", () => {
  it("when an approval unlocked it and its last session ends (T56)", async () => {
    const [first, second] = [await granted(), await granted()];
    await first.broker("Revoke");
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(false);
    await second.broker("Revoke");
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(true);
  });

  it("but not under a prompt that is being answered, for as long as one prompt lasts (T56)", async () => {
    const first = await granted();
    const second = await rig.caller();
    const asking = second.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    await first.broker("Revoke");
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(false);
    if (prompt) await rig.approve(prompt);
    expect((await asking).status).toBe(200);
    await second.broker("Revoke");
    const third = (await rig.caller()).broker("Authorize", {
      account: "Personal",
    });
    await rig.pending();
    rig.broker.sweep();
    rig.time.advance(119_999);
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(false);
    rig.time.advance(1);
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(true);
    expect((await third).code).toBe("permission_denied");
  });

  it("but not under a choice among accounts, or a prompt that waits its turn (T56)", async () => {
    const first = await granted();
    const chooser = (await rig.caller()).broker("Authorize", {});
    const [choice] = await rig.pending();
    await first.broker("Revoke");
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(false);
    if (choice) await rig.deny(choice);
    await chooser;
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(true);
  });

  it("when it was unlocked by hand and idle for ten minutes (T56)", async () => {
    await unlock("Personal");
    rig.time.advance(599_999);
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(false);
    rig.time.advance(1);
    rig.broker.sweep();
    expect(isLocked("Personal")).toBe(true);
  });
});

it("an approval is use: an account unlocked by hand stays open for the time after it (T56)", async () => {
  await unlock("Personal");
  rig.time.advance(599_000);
  const caller = await granted();
  rig.time.advance(1_000);
  rig.broker.sweep();
  expect(isLocked("Personal")).toBe(false);
  expect((await read(caller)).status).toBe(200);
});

it("removing an account acts as locking it (LCK-009)", async () => {
  await rig.account("Gone");
  await rig.vault("Gone", "V");
  const caller = await granted("Gone");
  const pending = (await rig.caller()).broker("Authorize", { account: "Gone" });
  await rig.pending();
  const removed = await rig.owner.owner("AccountService/RemoveAccount", {
    credential: { account: "Gone", password: passwordJson },
  });
  expect(removed.status).toBe(200);
  expect((await pending).reason).toBe("PROMPT_DENIED");
  const answer = await caller.broker("Request", {
    account: "Gone",
    operation: { listVaults: {} },
  });
  expect(answer.code).toBe("unauthenticated");
});
