// SPDX-License-Identifier: Apache-2.0

import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { VerifiedCredential } from "../src/account/accounts.ts";
import type { Caller } from "./caller.ts";
import { base64, passwordJson, type Rig, startRig } from "./rig.ts";

// Attacks of SECURITY.md that go through the whole broker.

const seed = "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const privateKey = generateKeyPairSync("ed25519").privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;
let rig: Rig;
let personal: string;

beforeAll(async () => {
  rig = await startRig();
  personal = rig.broker.parts.accounts.find("Personal")?.id ?? "";
  await rig.account("Work");
  const vaultId = await rig.vault("Personal", "Dev");
  const item = (title: string, fields: object[], category = {}) =>
    rig.operate("Personal", {
      putItems: {
        items: [{ overview: { vaultId, title, ...category }, fields }],
      },
    });
  await item("GitHub", [
    { title: "token", type: "FIELD_TYPE_CONCEALED", value: base64("canary") },
    { title: "code", type: "FIELD_TYPE_TOTP", value: base64(seed) },
  ]);
  await item(
    "Key",
    [
      {
        id: "private_key",
        title: "private key",
        type: "FIELD_TYPE_SSH_KEY",
        value: base64(privateKey),
      },
    ],
    { category: "CATEGORY_SSH_KEY" },
  );
});
afterAll(() => rig.close());
beforeEach(() => rig.owner.owner("AccountService/LockAccount"));

const isLocked = () => rig.broker.parts.accounts.find("Personal")?.locked;
const references = (...of: string[]) => ({
  account: "Personal",
  scope: { access: "ACCESS_READ", references: { references: of } },
});
const read = async (caller: Caller, reference: string) => {
  const answer = await rig.resolve(caller, "Personal", reference);
  const [one] = answer.body.result?.resolvedSecrets?.secrets ?? [];
  return (
    answer.reason ?? one?.failure ?? Buffer.from(one.value, "base64").toString()
  );
};

describe("a yes that opens nothing by itself", () => {
  it("a check forced to say yes unlocks and grants nothing: the key comes out of the password (T26)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    const { accounts, sessions } = rig.broker.parts;
    const { verify } = accounts;
    accounts.verify = async (name) => {
      accounts.verify = verify;
      const accountId = accounts.find(name)?.id ?? "";
      const forged: VerifiedCredential = {
        accountId,
        generation: accounts.generation(accountId),
        [Symbol.dispose]() {},
      };
      return forged;
    };
    expect(
      (await rig.approve(prompt, { password: "anything" })).status,
    ).not.toBe(200);
    expect(isLocked()).toBe(true);
    expect(sessions.all()).toEqual([]);
    // The prompt still stands, and the right password still opens.
    expect((await rig.approve(prompt)).status).toBe(200);
    expect((await authorizing).status).toBe(200);
  });

  it("a way in put into the file by who knows its password opens nothing (T53)", async () => {
    const own = await startRig();
    try {
      const theirs = "the attacker's own password";
      const made = await own.owner.owner("AccountService/CreateAccount", {
        name: "Theirs",
        password: base64(theirs),
        credential: { account: "Personal", password: passwordJson },
      });
      const mine = own.broker.parts.accounts.find("Personal")?.id ?? "";
      const file = (id: string) => join(own.home, "accounts", `${id}.db`);
      await own.broker.stop();
      const database = new DatabaseSync(file(mine));
      database.exec(`ATTACH '${file(made.body.account.id)}' AS theirs`);
      const swapped = database
        .prepare(
          `UPDATE slot SET (parameters, commitment, public, box) =
           (SELECT parameters, commitment, public, box FROM theirs.slot)`,
        )
        .run();
      expect(Number(swapped.changes)).toBe(1);
      database.close();
      await own.restart(theirs).catch(() => {});
      const owner = await own.caller();
      const opened = await owner.owner("AccountService/UnlockAccount", {
        credential: { account: mine, password: base64(theirs) },
      });
      expect(opened.status).not.toBe(200);
      expect(
        own.broker.parts.accounts.list().find(({ id }) => id === mine)?.locked,
      ).toBe(true);
    } finally {
      await own.close();
    }
  });
});

describe("a scope of one reading", () => {
  it("of a code gives neither its seed nor the rest of the item (SES-010, T49)", async () => {
    const caller = await rig.caller();
    const code = "assent://Dev/GitHub/code?attribute=otp";
    await rig.grant(caller, references(code));
    expect(await read(caller, code)).toMatch(/^\d{6}$/);
    for (const other of [
      "assent://Dev/GitHub/code",
      "assent://Dev/GitHub/code?attribute=value",
      "assent://Dev/GitHub/token",
    ]) {
      expect(await read(caller, other)).toBe("OUT_OF_SCOPE");
    }
  });

  it("of a public key does not give the private one (SES-010, T49)", async () => {
    const caller = await rig.caller();
    await rig.grant(caller, references("assent://Dev/Key/public_key"));
    expect(await read(caller, "assent://Dev/Key/public_key")).toMatch(
      /^ssh-ed25519 /,
    );
    for (const other of [
      "assent://Dev/Key/private_key",
      "assent://Dev/Key/private_key?ssh-format=openssh",
    ]) {
      expect(await read(caller, other)).toBe("OUT_OF_SCOPE");
    }
  });

  it("added to another gives no whole item (SES-017, T44)", async () => {
    const caller = await rig.caller();
    await rig.grant(caller, references("assent://Dev/GitHub/token"));
    await rig.grant(caller, references("assent://Dev/GitHub/code"));
    const { items } = (
      await rig.operate("Personal", { listItems: { vault: "Dev" } })
    ).itemOverviews;
    const whole = await caller.broker("Request", {
      account: "Personal",
      operation: { getItems: { vault: "Dev", itemIds: [items[0].id] } },
    });
    expect(whole.reason).toBe("OUT_OF_SCOPE");
  });
});

describe("which accounts there are", () => {
  // What a program does with a name, and everything it received for it.
  const ways: Record<
    string,
    (caller: Caller, account: string) => Promise<string[]>
  > = {
    "when the user denies": async (caller, account) => {
      const calls = [1, 2].map(() => caller.broker("Authorize", { account }));
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      while (rig.broker.parts.prompts.get(prompt.id)?.waiters !== 2) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      // Nothing has come before the decision; the two are one prompt.
      await rig.deny(prompt);
      return (await Promise.all(calls)).map((one) => one.received);
    },
    "when it must not ask": async (caller, account) => [
      (
        await caller.broker("Authorize", {
          account,
          interaction: "INTERACTION_NEVER",
        })
      ).received,
    ],
    "when everything is locked": async (caller, account) => {
      const call = caller.broker("Authorize", { account });
      await rig.pending();
      await rig.owner.owner("AccountService/LockAccount");
      return [(await call).received];
    },
    "when it asks for two at once": async (caller, account) => {
      const calls = [account, "Work"].map((one) =>
        caller.broker("Authorize", { account: one }),
      );
      const [prompt] = await rig.pending();
      await caller.broker("Nothing");
      if (prompt) await rig.deny(prompt);
      return (await Promise.all(calls)).map((one) => one.received);
    },
    "when it asked too often": async (caller, account) => {
      for (let n = 0; n < 3; n += 1) {
        const call = caller.broker("Authorize", { account });
        const [prompt] = await rig.pending();
        if (prompt) await rig.deny(prompt);
        await call;
      }
      return [(await caller.broker("Authorize", { account })).received];
    },
    "by Request and Revoke": async (caller, account) => [
      (
        await caller.broker("Request", {
          account,
          operation: { listVaults: {} },
        })
      ).received,
      (await caller.broker("Revoke", { account })).received,
    ],
  };
  const withoutDate = (received: string) =>
    received.replace(/"date":"[^"]*"/g, "");

  it.each(Object.keys(ways))(
    "cannot be told %s: before a yes nothing differs (LEAK-002, T39, T50)",
    async (way) => {
      const told = new Set<string>();
      for (const account of ["Personal", "Made up", ""]) {
        const caller = await rig.caller();
        const received = (await ways[way]?.(caller, account)) ?? [];
        expect(received.length).toBeGreaterThan(0);
        told.add(withoutDate(received.join("\n")));
      }
      expect(told.size).toBe(1);
    },
  );
});

it("a flood for made-up accounts shows one prompt, and keeps nobody else from asking (PRM-013, WIR-011, T23, T35)", async () => {
  const flood = await rig.caller();
  const calls = Array.from({ length: 200 }, (_, n) =>
    flood.broker("Authorize", { account: `Made up ${n}` }),
  );
  await rig.pending();
  const refused = calls.slice(32);
  for (const answer of await Promise.all(refused)) {
    expect(answer.reason).toBe("TOO_MANY_PROMPTS");
  }
  const other = (await rig.caller()).broker("Authorize", {
    account: "Personal",
  });
  const [shown, others] = await rig.pending(2);
  expect(shown?.body.choices).toHaveLength(2);
  expect(others?.body.account?.name).toBe("Personal");
  if (others) await rig.approve(others);
  expect((await other).status).toBe(200);
  // One no ends them all.
  if (shown) await rig.deny(shown);
  for (const answer of await Promise.all(calls.slice(0, 32))) {
    expect(answer.reason).toBe("PROMPT_DENIED");
  }
  expect(await rig.prompts()).toEqual([]);
});

describe("what is handed out", () => {
  it("is no key in another process: ids of session, account, prompt and approval do nothing there (SES-015, T15, T32)", async () => {
    const caller = await rig.caller();
    const grant = await rig.grant(caller);
    const listed = await rig.owner.owner("SessionService/ListSessions");
    const session = listed.body.sessions[0].id;
    const other = await rig.caller();
    for (const account of [grant.accountId, grant.accountName, session]) {
      for (const headers of [
        {},
        { authorization: `Bearer ${session}`, cookie: `session=${session}` },
      ]) {
        const answer = await other.broker(
          "Request",
          { account, operation: { listVaults: {} } },
          { headers },
        );
        expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
      }
    }
    const authorizing = other.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    const begun = await rig.owner.owner("PromptService/BeginApproval", {
      promptId: prompt?.id,
      digest: prompt?.digest,
      method: "APPROVAL_METHOD_PASSWORD",
    });
    // Another surface, though it knows all of it and the password.
    const stolen = await caller.owner("PromptService/Approve", {
      approvalId: begun.body.approvalId,
      password: passwordJson,
    });
    expect(stolen.reason).toBe("PROMPT_GONE");
    if (prompt) await rig.deny(prompt);
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
  });

  it("an answer said again is not good again: an approval is used up, right or wrong (T15, T53)", async () => {
    const caller = await rig.caller();
    const authorizing = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    const begun = await rig.owner.owner("PromptService/BeginApproval", {
      promptId: prompt?.id,
      digest: prompt?.digest,
      method: "APPROVAL_METHOD_PASSWORD",
    });
    expect(Buffer.from(begun.body.challenge, "base64")).toHaveLength(32);
    const approve = (password: string) =>
      rig.owner.owner("PromptService/Approve", {
        approvalId: begun.body.approvalId,
        password,
      });
    expect((await approve(base64("wrong"))).reason).toBe("WRONG_CREDENTIAL");
    expect((await approve(passwordJson)).reason).toBe("PROMPT_GONE");
    if (prompt) await rig.deny(prompt);
    await authorizing;
  });
});

it("an account that others use stays as long as it is used; the id of a removed one means nothing (T56)", async () => {
  const caller = await rig.caller();
  await rig.grant(caller);
  for (let n = 0; n < 8; n += 1) {
    rig.time.advance(9 * 60_000);
    rig.broker.sweep();
    expect(await read(caller, "assent://Dev/GitHub/token")).toBe("canary");
  }
  rig.time.advance(10 * 60_000);
  rig.broker.sweep();
  expect(isLocked()).toBe(true);
  expect(rig.broker.parts.accounts.store(personal)).toBeUndefined();
});
