// SPDX-License-Identifier: Apache-2.0
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Warning } from "@assent/protocol/owner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callerScript } from "./caller.ts";
import { passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let folder: string;

beforeAll(async () => {
  rig = await startRig();
  await rig.vault("Personal", "Dev");
  await rig.account("Work");
  folder = mkdtempSync(join(tmpdir(), "assent-prompt-"));
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

/** This Node under another name: a copy where links would show the real one. */
function nodeAs(name: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  try {
    linkSync(realpathSync(process.execPath), file);
  } catch {
    copyFileSync(process.execPath, file);
  }
  return file;
}

describe("a prompt shows", () => {
  it("account, process, path, scope and duration, as the system tells them (PRM-001 to PRM-004)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", {
      account: "Personal",
      scope: { access: "ACCESS_READ", vaults: { vaults: ["Dev"] } },
      inactivityTimeout: "120s",
    });
    const [prompt] = await rig.pending();
    const body = prompt?.body;
    const path = realpathSync(process.execPath);
    expect(body?.account?.name).toBe("Personal");
    expect(body?.process).toMatchObject({
      pid: caller.pid,
      path,
      name: "node",
    });
    expect(body?.scope?.extent).toMatchObject({
      case: "vaults",
      value: { vaults: ["Dev"] },
    });
    expect(body?.inactivityTimeout?.seconds).toBe(120n);
    expect(body?.warnings).toContain(Warning.INTERPRETER);
    expect(body?.claims?.script).toBe(callerScript);
    if (prompt) await rig.deny(prompt);
    await calling;
  });

  it("nothing that the caller states as its identity (PRM-005, PRC-001)", async () => {
    const caller = await rig.caller();
    await caller.act({ do: "title", title: "/usr/bin/trusted" });
    const calling = caller.broker(
      "Authorize",
      {
        account: "Personal",
        integration: { name: "Trusted", version: "1" },
        purpose: "to be trusted",
        pid: 1,
      },
      { headers: { "user-agent": "trusted", "x-pid": "1" } },
    );
    const [prompt] = await rig.pending();
    expect(prompt?.body.process).toMatchObject({
      pid: caller.pid,
      name: "node",
    });
    expect(JSON.stringify(prompt?.body.process?.path)).not.toContain("trusted");
    expect(prompt?.body.claims?.integration?.name).toBe("Trusted");
    if (prompt) await rig.deny(prompt);
    await calling;
  });

  it("hidden characters escaped, and says so (PRM-006, T21)", async () => {
    const file = nodeAs("innocent\u202Ecod\n\u001b[2J");
    const caller = await rig.caller({ file });
    const calling = caller.broker("Authorize", {
      account: "Personal",
      purpose: "a\u202Eb\u0007",
    });
    const [prompt] = await rig.pending();
    const body = prompt?.body;
    expect(body?.process?.name).toBe("innocent<U+202E>cod<U+000A><U+001B>[2J");
    expect(body?.claims?.purpose).toBe("a<U+202E>b<U+0007>");
    expect(body?.warnings).toContain(Warning.DECEPTIVE_NAME);
    if (prompt) await rig.deny(prompt);
    await calling;
  });

  it("that the file on disk is no longer the one that runs (PRC-011, T6)", async () => {
    const file = nodeAs("deleted-later");
    const caller = await rig.caller({ file });
    rmSync(file);
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    expect(prompt?.body.warnings).toContain(Warning.EXECUTABLE_REPLACED);
    if (prompt) await rig.deny(prompt);
    await calling;
  });

  it("what is new only until it was answered once", async () => {
    const file = nodeAs("newcomer");
    const warnings = async () => {
      const caller = await rig.caller({ file });
      const calling = caller.broker("Authorize", { account: "Personal" });
      const [prompt] = await rig.pending();
      if (prompt) await rig.deny(prompt);
      await calling;
      return prompt?.body.warnings;
    };
    expect(await warnings()).toContain(Warning.FIRST_SEEN);
    expect(await warnings()).not.toContain(Warning.FIRST_SEEN);
  });
});

describe("a decision", () => {
  it("applies to its prompt alone (PRM-010)", async () => {
    const [first, second] = [await rig.caller(), await rig.caller()];
    const calls = [first, second].map((c) =>
      c.broker("Authorize", { account: "Personal" }),
    );
    const prompts = await rig.pending(2);
    const ofSecond = prompts.find((p) => p.body.process?.pid === second.pid);
    if (ofSecond) await rig.approve(ofSecond);
    expect((await calls[1])?.status).toBe(200);
    const [left] = await rig.pending(1);
    expect(left?.body.process?.pid).toBe(first.pid);
    if (left) await rig.deny(left);
    expect((await calls[0])?.reason).toBe("PROMPT_DENIED");
  });

  it("on other bytes than what is asked is refused (PRM-010, T24)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    const digest = Buffer.alloc(32, 7).toString("base64");
    expect((await rig.approve(prompt, { digest })).reason).toBe(
      "DIGEST_MISMATCH",
    );
    await rig.deny(prompt);
    await calling;
  });

  it("comes once: a yes after a no has no effect (PRM-010)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    await rig.deny(prompt);
    expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
    expect((await calling).reason).toBe("PROMPT_DENIED");
  });

  it("that denies wins over one whose password is being checked (SES-019, T46)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    const { accounts } = rig.broker.parts;
    const { verify } = accounts;
    accounts.verify = async (...args) => {
      const verified = await verify.apply(accounts, args);
      accounts.verify = verify;
      await rig.deny(prompt);
      return verified;
    };
    expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
    expect((await calling).reason).toBe("PROMPT_DENIED");
  });
});

it("who may not list prompts may deny one, but not silence its program (decisions 3, T51)", async () => {
  const [caller, stranger] = [await rig.caller(), await rig.caller()];
  const calling = caller.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  const deny = (message: object) =>
    stranger.owner("PromptService/Deny", { promptId: prompt?.id, ...message });
  expect((await deny({ mute: "3600s" })).reason).toBe("CREDENTIAL_REQUIRED");
  expect(await rig.prompts()).toHaveLength(1);
  expect((await deny({})).status).toBe(200);
  expect((await calling).reason).toBe("PROMPT_DENIED");
});

describe("a prompt is withdrawn", () => {
  it("when nobody answers within two minutes (SES-004)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    rig.time.advance(119_999);
    rig.broker.sweep();
    expect(await rig.prompts()).toHaveLength(1);
    rig.time.advance(1);
    if (prompt) expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
    rig.broker.sweep();
    const late = await calling;
    expect([late.code, late.reason]).toEqual([
      "permission_denied",
      "PROMPT_TIMED_OUT",
    ]);
  });

  it.each([
    [
      "cancelled",
      async (calling: { cancel(): Promise<void> }) => calling.cancel(),
    ],
  ])(
    "when its last call is %s, and a late yes has no effect (PRM-009, WIR-010)",
    async (_how, leave) => {
      const caller = await rig.caller();
      const calls = [1, 2].map((n) =>
        caller.broker("Authorize", { account: "Personal" }, { on: `c${n}` }),
      );
      const [prompt] = await rig.pending();
      if (calls[0]) await leave(calls[0]);
      expect(await rig.prompts()).toHaveLength(1);
      if (calls[1]) await leave(calls[1]);
      await rig.pending(0);
      if (prompt)
        expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
      expect(
        (await rig.resolve(caller, "Personal", "assent://Dev/x/y")).code,
      ).toBe("unauthenticated");
    },
  );

  it("when the connection is gone (PRM-009)", async () => {
    const caller = await rig.caller();
    caller.broker("Authorize", { account: "Personal" });
    await rig.pending();
    await caller.act({ do: "close", on: "broker" });
    await rig.pending(0);
  });

  it("when the caller's deadline passes (PRM-009, WIR-009)", async () => {
    const caller = await rig.caller();
    const calling = caller.broker(
      "Authorize",
      { account: "Personal" },
      { headers: { "connect-timeout-ms": "150" } },
    );
    await rig.pending(1);
    await rig.pending(0);
    expect((await calling).code).toBe("deadline_exceeded");
  });

  it("when the process is killed (PRM-009, PRC-003, T3)", async () => {
    const caller = await rig.caller();
    caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    await caller.kill("SIGKILL");
    await rig.pending(0);
    if (prompt) expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
  });

  it("when the user turns the integration off", async () => {
    const own = await startRig();
    try {
      const caller = await own.caller();
      const calling = caller.broker("Authorize", { account: "Personal" });
      await own.pending();
      await own.owner.owner("SettingsService/DisableIntegration");
      expect((await calling).reason).toBe("INTEGRATION_DISABLED");
    } finally {
      await own.close();
    }
  });
});

describe("calls of one process", () => {
  it("for the same account and scope share one prompt and one outcome, over all its connections (PRM-007)", async () => {
    const caller = await rig.caller();
    const calls = Array.from({ length: 50 }, (_, n) =>
      caller.broker("Authorize", { account: "Personal" }, { on: `c${n % 5}` }),
    );
    let [prompt] = await rig.pending();
    while (prompt?.waiters !== 50) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      [prompt] = await rig.pending();
    }
    await rig.approve(prompt);
    const grants = (await Promise.all(calls)).map((a) =>
      JSON.stringify(a.body.grant),
    );
    expect(new Set(grants).size).toBe(1);
  });

  it("show one prompt at a time, and denying it ends them all (PRM-008, PRM-013)", async () => {
    const caller = await rig.caller();
    const calls = Array.from({ length: 20 }, (_, n) =>
      caller.broker("Authorize", {
        account: n % 2 ? "Personal" : "Work",
        scope: { access: "ACCESS_READ", vaults: { vaults: [`v${n}`] } },
      }),
    );
    const [prompt] = await rig.pending();
    while (rig.broker.parts.flights.size < 20) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(await rig.prompts()).toHaveLength(1);
    if (prompt) await rig.deny(prompt);
    const reasons = (await Promise.all(calls)).map((a) => a.reason);
    expect(new Set(reasons)).toEqual(new Set(["PROMPT_DENIED"]));
    expect(await rig.prompts()).toEqual([]);
  });

  it("that must not interrupt the user never do", async () => {
    const caller = await rig.caller();
    const answer = await caller.broker("Authorize", {
      account: "Personal",
      interaction: "INTERACTION_NEVER",
    });
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
    expect(await rig.prompts()).toEqual([]);
  });
});

it.each(["connects anew", "becomes itself again by exec"])(
  "three denials are not forgotten when the process %s (PRM-012, T23)",
  async (how) => {
    const caller = await rig.caller();
    const ask = () => caller.broker("Authorize", { account: "Personal" });
    for (let n = 0; n < 3; n += 1) {
      const calling = ask();
      const [prompt] = await rig.pending();
      if (prompt) await rig.deny(prompt);
      await calling;
    }
    if (how === "connects anew") {
      await caller.act({ do: "close", on: "broker" });
      // What comes from another process later is read later.
      await (await rig.caller()).broker("Nothing");
      rig.broker.sweep();
    } else {
      caller.tell({ do: "exec", file: process.execPath, args: caller.args });
      await caller.ready();
      rig.broker.sweep();
    }
    // Whatever it is now: nothing is shown.
    expect((await ask()).reason).toBe("TOO_MANY_PROMPTS");
    expect(await rig.prompts()).toEqual([]);
  },
);

it("after three denials within a minute a process is refused without a prompt for a minute; others are not (PRM-012, T23)", async () => {
  const caller = await rig.caller();
  const ask = () => caller.broker("Authorize", { account: "Personal" });
  for (let n = 0; n < 3; n += 1) {
    const calling = ask();
    const [prompt] = await rig.pending();
    if (prompt) await rig.deny(prompt);
    expect((await calling).reason).toBe("PROMPT_DENIED");
  }
  const refused = await ask();
  expect([refused.code, refused.reason]).toEqual([
    "resource_exhausted",
    "TOO_MANY_PROMPTS",
  ]);
  expect(await rig.prompts()).toEqual([]);
  const other = (await rig.caller()).broker("Authorize", {
    account: "Personal",
  });
  const [prompt] = await rig.pending();
  if (prompt) await rig.deny(prompt);
  await other;
  rig.time.advance(60_000);
  const again = ask();
  const [later] = await rig.pending();
  if (later) await rig.deny(later);
  expect((await again).reason).toBe("PROMPT_DENIED");
});

it("a surface is told of each prompt and of its end", async () => {
  const surface = await rig.caller();
  await surface.owner("AccountService/Authenticate", {
    credential: { account: "Personal", password: passwordJson },
  });
  const watching = surface.watch("PromptService/WatchPrompts", {
    surface: "test",
  });
  await watching.next();
  const caller = await rig.caller();
  const calling = caller.broker("Authorize", { account: "Personal" });
  const told = await watching.next((event) => event.prompts?.length === 1);
  const [prompt] = await rig.pending();
  expect(told.prompts[0].id).toBe(prompt?.id);
  if (prompt) await rig.deny(prompt);
  const ended = await watching.next((event) => event.ended?.length > 0);
  expect(ended.ended).toEqual([
    { promptId: prompt?.id, end: "PROMPT_END_DENIED" },
  ]);
  await calling;
});
