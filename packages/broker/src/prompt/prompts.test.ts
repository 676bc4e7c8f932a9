// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { type PromptEnding, Prompts, type Question } from "./prompts.ts";

let now: number;
let prompts: Prompts<string>;
let ended: string[];

beforeEach(() => {
  now = 1_000;
  let next = 0;
  ended = [];
  prompts = new Prompts<string>({
    newId: () => `p${++next}`,
    bootMs: () => now,
    timeoutMs: 120_000,
    perProcess: 32,
    inAll: 64,
  });
  prompts.listen({
    changed: () => {},
    ended: (prompt, ending) => ended.push(`${prompt.id} ${ending}`),
  });
});

function question(process: number, account: string, scope = "read"): Question {
  return {
    process,
    account,
    scope,
    freeze: async () => ({
      body: new Uint8Array([process]),
      digest: new Uint8Array(32),
      accountId: account === "" ? undefined : account,
    }),
  };
}

const asked = (
  one: Question,
  signal: AbortSignal = new AbortController().signal,
) => prompts.ask(one, signal);
/** Freezing is asynchronous: let it happen. */
const frozen = () => new Promise<void>((resolve) => setImmediate(resolve));
const pendingIds = () => prompts.pending().map((prompt) => prompt.id);
const ending = (outcome: object): PromptEnding | undefined =>
  (outcome as { ending?: PromptEnding }).ending;

describe("calls that ask the same", () => {
  it("share one prompt and one yes (PRM-007)", async () => {
    const calls = Array.from({ length: 50 }, () => asked(question(1, "a")));
    await frozen();
    expect(prompts.pending()).toMatchObject([{ id: "p1", waiters: 50 }]);
    prompts.approve("p1", "yes");
    expect(
      new Set((await Promise.all(calls)).map((o) => JSON.stringify(o))),
    ).toEqual(new Set(['{"granted":"yes"}']));
  });

  it("share one no (PRM-007, SES-003)", async () => {
    const calls = [asked(question(1, "a")), asked(question(1, "a"))];
    await frozen();
    expect(prompts.deny("p1")).toBe(true);
    expect((await Promise.all(calls)).map(ending)).toEqual([
      "denied",
      "denied",
    ]);
  });

  it("of two processes share nothing (SES-007)", async () => {
    const first = asked(question(1, "a"));
    asked(question(2, "a"));
    await frozen();
    expect(pendingIds()).toEqual(["p1", "p2"]);
    prompts.approve("p1", "yes");
    expect(await first).toEqual({ granted: "yes" });
    expect(pendingIds()).toEqual(["p2"]);
  });

  it("coalesce on the account as asked, known or not (LEAK-002, T50)", async () => {
    asked(question(1, ""));
    asked(question(1, ""));
    asked(question(1, "made up"));
    await frozen();
    expect(prompts.pending()).toMatchObject([{ id: "p1", waiters: 2 }]);
  });
});

describe("prompts of one process", () => {
  it("are pending one at a time, in the order they were asked (PRM-008, PRM-013)", async () => {
    const calls = ["read", "write", "more"].map((scope) =>
      asked(question(1, "a", scope)),
    );
    for (const id of ["p1", "p2", "p3"]) {
      await frozen();
      expect(pendingIds()).toEqual([id]);
      prompts.approve(id, id);
    }
    expect(await Promise.all(calls)).toEqual([
      { granted: "p1" },
      { granted: "p2" },
      { granted: "p3" },
    ]);
  });

  it("all end when one is denied (PRM-013)", async () => {
    const calls = Array.from({ length: 20 }, (_, n) =>
      asked(question(1, `account ${n}`)),
    );
    const other = asked(question(2, "a"));
    await frozen();
    prompts.deny("p1");
    expect(new Set((await Promise.all(calls)).map(ending))).toEqual(
      new Set(["denied"]),
    );
    expect(pendingIds()).toEqual(["p21"]);
    prompts.approve("p21", "yes");
    expect(await other).toEqual({ granted: "yes" });
  });

  it("are refused past a bound", async () => {
    for (let n = 0; n < 32; n += 1) asked(question(1, `account ${n}`));
    expect(ending(await asked(question(1, "one more")))).toBe("too-many");
    await frozen();
    expect(prompts.pending()).toHaveLength(1);
  });
});

it("are refused past a bound for all processes together", async () => {
  for (let n = 0; n < 64; n += 1) asked(question(n, "a"));
  expect(ending(await asked(question(99, "a")))).toBe("too-many");
});

describe("a prompt", () => {
  it("counts as not approved from exactly its timeout on (SES-004)", async () => {
    const call = asked(question(1, "a"));
    await frozen();
    now += 119_999;
    prompts.sweep();
    expect(prompts.get("p1")).toBeDefined();
    now += 1;
    expect(prompts.get("p1")).toBeUndefined();
    expect(prompts.deny("p1")).toBe(false);
    prompts.sweep();
    expect(ending(await call)).toBe("timed-out");
    expect(ended).toEqual(["p1 timed-out"]);
  });

  it("that waits its turn does not run out of time before it", async () => {
    asked(question(1, "a", "read"));
    asked(question(1, "a", "write"));
    await frozen();
    now += 120_000;
    prompts.sweep();
    await frozen();
    expect(pendingIds()).toEqual(["p2"]);
    now += 119_999;
    expect(prompts.get("p2")).toBeDefined();
  });

  it("stays while one call waits, and is withdrawn with the last (PRM-009, WIR-010)", async () => {
    const first = new AbortController();
    const second = new AbortController();
    const calls = [
      asked(question(1, "a"), first.signal),
      asked(question(1, "a"), second.signal),
    ];
    await frozen();
    first.abort();
    expect(prompts.pending()).toMatchObject([{ waiters: 1 }]);
    second.abort();
    expect(pendingIds()).toEqual([]);
    prompts.approve("p1", "late");
    expect((await Promise.all(calls)).map(ending)).toEqual([
      "withdrawn",
      "withdrawn",
    ]);
    expect(ended).toEqual(["p1 withdrawn"]);
  });

  it("is never made for a call that is gone already", async () => {
    const outcome = await asked(question(1, "a"), AbortSignal.abort());
    expect(ending(outcome)).toBe("withdrawn");
    await frozen();
    expect(pendingIds()).toEqual([]);
  });

  it("is decided once: a yes after a no has no effect (PRM-010)", async () => {
    const call = asked(question(1, "a"));
    await frozen();
    prompts.deny("p1");
    prompts.approve("p1", "yes");
    expect(ending(await call)).toBe("denied");
  });

  it("that cannot be described fails, and the next gets its turn", async () => {
    const broken = {
      ...question(1, "a"),
      freeze: () => Promise.reject(new Error("gone")),
    };
    const first = asked(broken);
    asked(question(1, "b"));
    expect(ending(await first)).toBe("failed");
    await frozen();
    expect(pendingIds()).toEqual(["p2"]);
  });

  it("withdrawn while it is being described never appears", async () => {
    const leave = new AbortController();
    asked(question(1, "a"), leave.signal);
    leave.abort();
    await frozen();
    expect(pendingIds()).toEqual([]);
    expect(prompts.holds(1)).toBe(false);
  });
});

it("ending several gives none of them its turn in between (LCK-004)", async () => {
  const calls = ["a", "b", "c"].map((account) => asked(question(1, account)));
  await frozen();
  prompts.endWhere(
    (one) => one.account !== "b",
    (one) => (one.account === "a" ? "account-locked" : "denied"),
  );
  await frozen();
  expect(pendingIds()).toEqual(["p2"]);
  expect(ended).toEqual(["p1 account-locked"]);
  expect(ending(await (calls[0] as Promise<object>))).toBe("account-locked");
  expect(ending(await (calls[2] as Promise<object>))).toBe("denied");
});
