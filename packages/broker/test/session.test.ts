// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { base64 } from "./rig.ts";
import {
  dev,
  firstSecret,
  personal,
  reference,
  rig,
  secret,
  token,
  withGrant,
  work,
} from "./two-accounts.fixture.ts";

describe("a process without authorization", () => {
  it("gets nothing and starts no prompt by a Request (SES-001, SES-008)", async () => {
    const caller = await rig.caller();
    for (let n = 0; n < 100; n += 1) {
      const answer = await rig.resolve(caller, "Personal", reference);
      expect(answer.code).toBe("unauthenticated");
      expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
      expect(answer.text).not.toContain("canary");
    }
    expect(await rig.prompts()).toEqual([]);
  });

  it("gets nothing while its prompt is undecided (SES-002)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    const answer = await caller.broker(
      "Request",
      { account: "Personal", operation: { listVaults: {} } },
      { on: "second" },
    );
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
    await authorizing.cancel();
    await rig.pending(0);
    expect(prompt).toBeDefined();
  });

  it("is answered alike for accounts that exist and that do not (LEAK-002)", async () => {
    const caller = await rig.caller();
    const [real, madeUp, item, noItem] = await Promise.all([
      rig.resolve(caller, "Personal", reference),
      rig.resolve(caller, "Made Up", reference),
      rig.resolve(caller, personal, "assent://Dev/None/none"),
      rig.resolve(caller, "Work", "assent://Team/x/y"),
    ]);
    expect(new Set([real, madeUp, item, noItem].map((a) => a?.text)).size).toBe(
      1,
    );
  });
});

describe("an approval", () => {
  it("lets that process read the secret, after exactly one prompt (SES-002)", async () => {
    const caller = await withGrant();
    const answer = await rig.resolve(caller, "Personal", reference);
    expect(firstSecret(answer)).toMatchObject({
      value: base64(secret),
      vaultId: dev,
      itemId: token,
    });
    expect(await rig.prompts()).toEqual([]);
  });

  it("does not serve another process of the same executable (SES-007, PRC-010)", async () => {
    await withGrant();
    const other = await rig.caller();
    const answer = await rig.resolve(other, "Personal", reference);
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  });

  it("does not serve another account (SES-006)", async () => {
    const caller = await withGrant();
    for (const account of [
      "Work",
      work,
      "",
      "personal",
      "Personal ",
      "Personal\0Work",
    ]) {
      const answer = await caller.broker("Request", {
        account,
        operation: { listVaults: {} },
      });
      expect(answer.reason, account).toBe("AUTHORIZATION_REQUIRED");
    }
  });

  it("needs the account's own password (SES-005)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    for (const triesLeft of [4, 3, 2, 1]) {
      const wrong = await rig.approve(prompt, { password: "not the password" });
      expect(wrong.reason).toBe("WRONG_CREDENTIAL");
      expect(wrong.text).toContain(`${triesLeft} tr`);
    }
    expect((await rig.prompts()).map((p) => p.id)).toEqual([prompt.id]);
    // The fifth ends it as denied (decisions 9).
    await rig.approve(prompt, { password: "not the password" });
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
    expect((await rig.resolve(caller, "Personal", reference)).code).toBe(
      "unauthenticated",
    );
  });

  it("belongs to the process: reconnects and parallel connections share it (SES-014, PRC-008)", async () => {
    const caller = await withGrant();
    const parallel = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        caller.broker(
          "Request",
          { account: "Personal", operation: { listVaults: {} } },
          { on: `c${n}` },
        ),
      ),
    );
    expect(parallel.map((a) => a.status)).toEqual(Array(8).fill(200));
    for (let n = 0; n < 20; n += 1) {
      await caller.act({ do: "close", on: "broker" });
      expect((await rig.resolve(caller, "Personal", reference)).status).toBe(
        200,
      );
    }
  });
});

describe("a denial", () => {
  it("ends the call with PROMPT_DENIED, grants nothing and leaves other grants alone (SES-003)", async () => {
    const caller = await withGrant();
    const authorizing = caller.broker("Authorize", { account: "Work" });
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    const denied = await authorizing;
    expect([denied.code, denied.reason]).toEqual([
      "permission_denied",
      "PROMPT_DENIED",
    ]);
    expect((await rig.resolve(caller, "Work", "assent://Team/x/y")).code).toBe(
      "unauthenticated",
    );
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });

  it("does not keep the program from asking again (PRM-010)", async () => {
    const caller = await rig.caller();
    const first = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    expect((await first).reason).toBe("PROMPT_DENIED");
    await rig.grant(caller);
    expect((await rig.resolve(caller, "Personal", reference)).status).toBe(200);
  });
});

describe("the chooser", () => {
  it("is what an unknown account, or none, gives; the answer says what was chosen (LEAK-002, T39)", async () => {
    for (const account of ["", "Made Up"]) {
      const caller = await rig.caller();
      const authorizing = caller.broker("Authorize", { account });
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      expect(prompt.body.account).toBeUndefined();
      expect(prompt.body.choices.map((c) => c.name)).toEqual([
        "Personal",
        "Work",
      ]);
      await rig.approve(prompt, { account: work });
      expect((await authorizing).body.grant).toMatchObject({
        accountId: work,
        accountName: "Work",
      });
      // While it is live, asking again by the same name, or by none, returns it.
      for (const again of [account, ""]) {
        const answer = await caller.broker("Authorize", { account: again });
        expect(answer.body.grant.accountId).toBe(work);
      }
      expect((await rig.resolve(caller, "Personal", reference)).code).toBe(
        "unauthenticated",
      );
    }
  });
});

it("nothing that a process was handed works in another (SES-015, T32)", async () => {
  const caller = await rig.caller();
  const grant = await rig.grant(caller);
  const other = await rig.caller();
  for (const account of [grant.accountId, grant.accountName]) {
    const answer = await rig.resolve(other, account, reference);
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  }
});
