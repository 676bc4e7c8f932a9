// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ActivityError } from "../src/activity/activity.ts";
import { passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let personal: string;
const credential = { account: "Personal", password: passwordJson };

beforeAll(async () => {
  rig = await startRig();
  personal = rig.broker.parts.accounts.find("Personal")?.id ?? "";
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "canary-activity" });
});
afterAll(() => rig.close());
beforeEach(() => rig.owner.owner("AccountService/LockAccount"));

/** Entries, newest first. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the entries, judged by the tests.
async function entries(message: object = {}): Promise<any[]> {
  const watching = rig.owner.watch("ActivityService/ListActivity", {
    account: "Personal",
    credential,
    ...message,
  });
  const all = [];
  for (;;) {
    const line = await watching.next();
    if (line.text === undefined) return all;
    all.push({ text: line.text, ...JSON.parse(line.eventJson) });
  }
}

it("the log tells prompts, decisions, grants, requests and ends, by name and without values", async () => {
  const caller = await rig.caller();
  await rig.grant(caller);
  await rig.resolve(caller, "Personal", "assent://Dev/GitHub/token");
  await rig.resolve(caller, "Personal", "assent://Dev/GitHub/none");
  await caller.broker("Revoke");
  const denied = caller.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  if (prompt) await rig.deny(prompt);
  await denied;
  const told = await entries();
  const kinds = new Set(told.map((entry) => entry.kind));
  for (const kind of [
    "prompt-created",
    "prompt-denied",
    "granted",
    "request",
    "session-ended",
  ]) {
    expect(kinds, kind).toContain(kind);
  }
  const request = told.find(
    (entry) => entry.kind === "request" && entry.count === 1,
  );
  expect(request).toMatchObject({
    touched: ["Dev/GitHub"],
    process: { pid: caller.pid, name: "node" },
  });
  expect(told.find((entry) => entry.kind === "session-ended").cause).toBe(
    "revoked-by-program",
  );
  expect(told.find((entry) => entry.kind === "prompt-denied").by).toContain(
    `${rig.owner.pid}`,
  );
  expect(JSON.stringify(told)).not.toContain("canary-activity");
});

it("what happens without an account is in the broker's own log, which opens to any account's credential", async () => {
  const denied = (await rig.caller()).broker("Authorize", {
    account: "Made Up",
  });
  const [prompt] = await rig.pending();
  if (prompt) await rig.deny(prompt);
  await denied;
  const told = await entries({ account: "" });
  expect(told.map((entry) => entry.kind)).toContain("prompt-denied");
  expect(told.map((entry) => entry.kind)).toContain("broker-started");
  const stranger = await rig.caller();
  const refused = await stranger
    .watch("ActivityService/ListActivity", {})
    .next();
  expect(refused.error.code).toBe("unauthenticated");
});

it("a program cannot write into the log what it was refused (T57)", async () => {
  const caller = await rig.caller();
  await rig.grant(caller, {
    account: "Personal",
    scope: {
      access: "ACCESS_READ",
      references: { references: ["assent://Dev/GitHub/token"] },
    },
  });
  const refused = await caller.broker("Request", {
    account: "Personal",
    operation: {
      putItems: { items: [{ overview: { vaultId: "x", title: "Payroll" } }] },
    },
  });
  expect(refused.reason).toBe("OUT_OF_SCOPE");
  const told = await entries();
  expect(JSON.stringify(told)).not.toContain("Payroll");
  expect(told.find((entry) => entry.kind === "request-refused").cause).toBe(
    "out-of-scope",
  );
});

it("the log is read with the account's credential alone, locked or not (T57)", async () => {
  const stranger = await rig.caller();
  const refused = await stranger
    .watch("ActivityService/ListActivity", { account: "Personal" })
    .next();
  expect(refused.error.code).toBe("unauthenticated");
  expect((await entries()).length).toBeGreaterThan(0);
});

it("what cannot be logged is not given: no grant, no reading, no change; denying and locking go on (T36)", async () => {
  const caller = await rig.caller();
  await rig.grant(caller, {
    account: "Personal",
    scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
  });
  const log = rig.broker.parts.logOf(personal);
  if (log === undefined) throw new Error("no log");
  const { append } = log;
  log.append = () => {
    throw new ActivityError("storage", "no space is left");
  };
  try {
    const read = await rig.resolve(
      caller,
      "Personal",
      "assent://Dev/GitHub/token",
    );
    expect([read.code, read.reason]).toEqual(["unavailable", "STORAGE_FAILED"]);
    expect(read.text).not.toContain("canary");
    const put = await caller.broker("Request", {
      account: "Personal",
      operation: { putVault: { vault: { name: "Unlogged" } } },
    });
    expect(put.reason).toBe("STORAGE_FAILED");
    const other = await rig.caller();
    const authorizing = other.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt === undefined) throw new Error("no prompt");
    expect((await rig.approve(prompt)).code).toBe("unavailable");
    expect(
      (await rig.resolve(other, "Personal", "assent://Dev/GitHub/token")).code,
    ).toBe("unauthenticated");
    await rig.deny(prompt);
    expect((await authorizing).reason).toBe("PROMPT_DENIED");
    expect((await rig.owner.owner("AccountService/LockAccount")).status).toBe(
      200,
    );
    expect(rig.lines.join()).toContain("could not be written");
  } finally {
    log.append = append;
  }
  const listed = await rig.operate("Personal", { listVaults: {} });
  expect(
    listed.vaults.vaults.map((vault: { name: string }) => vault.name),
  ).toEqual(["Dev"]);
});

it("entries older than thirty days go, also of an account that nothing was done with since the start", async () => {
  const own = await startRig();
  try {
    await own.account("Away");
    await own.restart();
    own.time.advance(32 * 24 * 3_600_000);
    own.broker.sweep();
    const watching = own.owner.watch("ActivityService/ListActivity", {
      account: "Away",
      credential: { account: "Away", password: passwordJson },
    });
    const kinds = [];
    for (let line = await watching.next(); line.text !== undefined; ) {
      kinds.push(JSON.parse(line.eventJson).kind);
      line = await watching.next();
    }
    expect(kinds).toContain("pruned");
    expect(kinds).not.toContain("account-created");
  } finally {
    await own.close();
  }
});
