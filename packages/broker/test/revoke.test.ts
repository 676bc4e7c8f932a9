// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "./caller.ts";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.vault("Personal", "Dev");
  await rig.account("Work");
  await rig.vault("Work", "Team");
});
afterAll(() => rig.close());

const use = (caller: Caller, account = "Personal") =>
  caller.broker("Request", { account, operation: { listVaults: {} } });
async function granted(...accounts: string[]): Promise<Caller> {
  const caller = await rig.caller();
  for (const account of accounts) await rig.grant(caller, { account });
  return caller;
}

describe("Revoke", () => {
  it("ends the caller's own authorization before it answers (RVK-001)", async () => {
    const caller = await granted("Personal");
    expect(
      (await caller.broker("Revoke", { account: "Personal" })).status,
    ).toBe(200);
    const answer = await use(caller);
    expect([answer.code, answer.reason]).toEqual([
      "unauthenticated",
      "SESSION_REVOKED",
    ]);
  });

  it("leaves other processes and other accounts alone (RVK-002)", async () => {
    const [mine, other] = [
      await granted("Personal", "Work"),
      await granted("Personal"),
    ];
    await mine.broker("Revoke", { account: "Personal" });
    expect((await use(mine, "Work")).status).toBe(200);
    expect((await use(other)).status).toBe(200);
  });

  it("answers alike whether or not there was anything to end (RVK-003, LEAK-002)", async () => {
    const [mine, stranger] = [await granted("Personal"), await rig.caller()];
    const answers = [
      await mine.broker("Revoke", { account: "Personal" }),
      await mine.broker("Revoke", { account: "Personal" }),
      await stranger.broker("Revoke", { account: "Personal" }),
      await stranger.broker("Revoke", { account: "Made Up" }),
      await stranger.broker("Revoke"),
    ];
    expect(new Set(answers.map((a) => `${a.status} ${a.text}`)).size).toBe(1);
  });

  it("of no account ends all of the caller, and nobody else's (RVK-004)", async () => {
    const [mine, other] = [
      await granted("Personal", "Work"),
      await granted("Work"),
    ];
    await mine.broker("Revoke");
    expect((await use(mine)).reason).toBe("SESSION_REVOKED");
    expect((await use(mine, "Work")).reason).toBe("SESSION_REVOKED");
    expect((await use(other, "Work")).status).toBe(200);
  });

  it("by the name that was asked for ends what the user chose for it (RVK-001)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", { account: "my work" });
    const [prompt] = await rig.pending();
    const work = rig.broker.parts.accounts.find("Work")?.id ?? "";
    if (prompt) await rig.approve(prompt, { account: work });
    await calling;
    expect((await use(caller, "Work")).status).toBe(200);
    await caller.broker("Revoke", { account: "my work" });
    expect((await use(caller, "Work")).reason).toBe("SESSION_REVOKED");
  });

  it("needs no prompt, and withdraws the caller's own for that account (RVK-006)", async () => {
    const [mine, other] = [await rig.caller(), await rig.caller()];
    const calling = mine.broker("Authorize", { account: "Personal" });
    const others = other.broker("Authorize", { account: "Personal" });
    const prompts = await rig.pending(2);
    await mine.broker("Revoke", { account: "Personal" }, { on: "second" });
    expect((await calling).reason).toBe("SESSION_REVOKED");
    const [left] = await rig.pending(1);
    expect(left?.body.process?.pid).toBe(other.pid);
    const withdrawn = prompts.find((p) => p.id !== left?.id);
    if (withdrawn)
      expect((await rig.approve(withdrawn)).reason).toBe("PROMPT_GONE");
    expect((await use(mine)).code).toBe("unauthenticated");
    if (left) await rig.deny(left);
    await others;
  });

  it("is followed by a new prompt, not by the old grant (RVK-001, SES-009)", async () => {
    const caller = await granted("Personal");
    await caller.broker("Revoke");
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    expect((await calling).reason).toBe("PROMPT_DENIED");
  });
});

describe("the user", () => {
  it("ends one session by its id (RVK-005)", async () => {
    const [one, other] = [await granted("Personal"), await granted("Personal")];
    const listed = await rig.owner.owner("SessionService/ListSessions");
    const session = listed.body.sessions.find(
      (s: { process: { pid: number } }) => s.process.pid === one.pid,
    );
    expect(session.account.name).toBe("Personal");
    expect(session.remaining).toBe("600s");
    const revoked = await rig.owner.owner("SessionService/RevokeSessions", {
      sessionId: session.id,
    });
    expect(revoked.body.count).toBe(1);
    expect((await use(one)).reason).toBe("SESSION_REVOKED");
    expect((await use(other)).status).toBe(200);
  });

  it("ends all sessions of an account, or all there are (RVK-005)", async () => {
    const caller = await granted("Personal", "Work");
    await rig.owner.owner("SessionService/RevokeSessions", { account: "Work" });
    expect((await use(caller, "Work")).reason).toBe("SESSION_REVOKED");
    expect((await use(caller)).status).toBe(200);
    const stranger = await rig.caller();
    expect(
      (await stranger.owner("SessionService/RevokeSessions", { all: true }))
        .status,
    ).toBe(200);
    expect((await use(caller)).reason).toBe("SESSION_REVOKED");
  });
});
