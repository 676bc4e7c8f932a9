// SPDX-License-Identifier: Apache-2.0
import { Access, promptDigest } from "@assent/protocol";
import {
  type AccountRef,
  AccountRefSchema,
  PromptBodySchema,
  PromptEnd,
} from "@assent/protocol/owner";
import { stateText } from "@assent/wording";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { armingMs, canApprove } from "./card.ts";
import {
  initialState,
  type RequestsEffect,
  type RequestsEvent,
  type RequestsState,
} from "./requests-state.ts";
import { step } from "./step.ts";
import { readPrompt, type WaitingPrompt } from "./waiting-prompt.ts";

const personal: AccountRef = create(AccountRefSchema, {
  id: "p",
  name: "Personal",
});
const work: AccountRef = create(AccountRefSchema, { id: "w", name: "Work" });

function waiting(
  id: string,
  change: MessageInitShape<typeof PromptBodySchema> = {},
): Promise<WaitingPrompt> {
  const body = create(PromptBodySchema, {
    account: personal,
    process: { pid: 7, name: "git", path: "/usr/bin/git" },
    scope: {
      access: Access.READ_WRITE,
      extent: { case: "vaults", value: { vaults: ["Dev", "CI"] } },
    },
    inactivityTimeout: durationFromMs(600_000),
    ...(change as object),
  });
  return readPrompt({
    $typeName: "assent.owner.v1.Prompt",
    id,
    body: toBinary(PromptBodySchema, body),
    waiters: 1,
  });
}

/** Runs events one after the other and keeps what they ask for. */
function run(): {
  state(): RequestsState;
  card(): NonNullable<RequestsState["card"]>;
  effects: RequestsEffect[];
  on(event: RequestsEvent): void;
  paint(nowMs?: number): void;
  open(...prompts: WaitingPrompt[]): void;
  type(nowMs: number): Uint8Array<ArrayBuffer>;
} {
  let state = initialState;
  const effects: RequestsEffect[] = [];
  const on = (event: RequestsEvent) => {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects);
  };
  const card = () => {
    if (state.card === undefined) throw new Error("no card");
    return state.card;
  };
  return {
    state: () => state,
    card,
    effects,
    on,
    paint: (nowMs = 0) => {
      on({ kind: "painted", look: card().look, nowMs });
      on({ kind: "read", look: card().look });
    },
    open: (...prompts) => on({ kind: "prompts", prompts, ended: [] }),
    type: (nowMs) => {
      const password = new TextEncoder().encode("secret");
      on({ kind: "approve", look: card().look, nowMs, password });
      return password;
    },
  };
}

function ended(promptId: string, end: PromptEnd): RequestsEvent {
  return { kind: "prompts", prompts: [], ended: [{ promptId, end }] };
}

describe("arming", () => {
  test("approves only after the card was on screen for a while, and zeroes what came earlier (T22)", async () => {
    const page = run();
    page.open(await waiting("a"));
    const early = page.type(10_000);
    expect(early.every((byte) => byte === 0)).toBe(true);
    page.paint(10_000);
    expect(page.type(10_000 + armingMs - 1)).toEqual(new Uint8Array(6));
    expect(page.effects.map((effect) => effect.do)).toEqual(["shown"]);
    page.type(10_000 + armingMs);
    expect(page.effects.at(-1)).toMatchObject({
      do: "approve",
      accountId: "p",
    });
    expect(page.card().phase).toBe("checking");
  });

  test("begins anew when the window gets the focus or another size (T22)", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.on({ kind: "disturbed", nowMs: 5_000 });
    expect(canApprove(page.card(), 5_000 + armingMs - 1)).toBe(false);
    expect(canApprove(page.card(), 5_000 + armingMs)).toBe(true);
  });

  test("is not begun anew by other requests, so that a flood keeps nobody from answering (T47)", async () => {
    const page = run();
    const first = await waiting("a");
    page.open(first);
    page.paint(0);
    for (let at = 0; at < 20; at += 1) {
      page.open(first, await waiting(`b${at}`));
    }
    expect(canApprove(page.card(), armingMs)).toBe(true);
  });

  test("is not enough for a card that was not read to its end", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.on({ kind: "painted", look: page.card().look, nowMs: 0 });
    expect(canApprove(page.card(), armingMs)).toBe(false);
    page.on({ kind: "read", look: page.card().look });
    expect(canApprove(page.card(), armingMs)).toBe(true);
  });

  test("begins anew with each change of what is granted", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    const { look } = page.card();
    page.on({ kind: "narrow", narrowing: { readOnly: true } });
    expect(page.card().look).toBeGreaterThan(look);
    expect(canApprove(page.card(), 1_000_000)).toBe(false);
    page.paint(1_000_000);
    page.type(1_000_000 + armingMs);
    expect(page.effects.at(-1)).toMatchObject({
      terms: { scope: { access: Access.READ } },
    });
  });
});

describe("one card", () => {
  test("stays when its request ends, and what is typed then approves nothing (T47)", async () => {
    const page = run();
    const [a, b] = [await waiting("a"), await waiting("b")];
    page.open(a, b);
    page.paint(0);
    const { look } = page.card();
    page.on({
      kind: "prompts",
      prompts: [b],
      ended: [{ promptId: "a", end: PromptEnd.WITHDRAWN }],
    });
    expect(page.card().prompt.id).toBe("a");
    expect(page.card().outcome?.kind).toBe("gone");
    const password = new Uint8Array([1]);
    page.on({ kind: "approve", look, nowMs: 9_999, password });
    expect(password).toEqual(new Uint8Array(1));
    expect(page.effects.map((effect) => effect.do)).toEqual(["shown"]);
  });

  test("makes way for the next one only when the user has seen how it ended, not at once", async () => {
    const page = run();
    const [a, b] = [await waiting("a"), await waiting("b")];
    page.open(a, b);
    page.paint(0);
    page.on({
      kind: "prompts",
      prompts: [b],
      ended: [{ promptId: "a", end: PromptEnd.TIMED_OUT }],
    });
    page.on({ kind: "next", look: page.card().look, nowMs: 50_000 });
    expect(page.card().prompt.id).toBe("a");
    page.paint(50_000);
    page.on({ kind: "rest", look: page.card().look });
    expect(page.card().prompt.id).toBe("a");
    page.on({ kind: "next", look: page.card().look, nowMs: 50_000 + armingMs });
    expect(page.card().prompt.id).toBe("b");
    expect(page.card().armedAtMs).toBeUndefined();
  });

  test("is another one when its bytes change, with another look and a word about it (T24)", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    const { look } = page.card();
    page.open(await waiting("a", { account: work }));
    expect(page.card().message).toBe(stateText.changed);
    expect(page.card().look).toBeGreaterThan(look);
    expect(canApprove(page.card(), armingMs)).toBe(false);
  });

  test("names the digest of exactly the bytes that it shows (PRM-010, T24)", async () => {
    const page = run();
    const prompt = await waiting("a");
    page.open(prompt);
    page.paint(0);
    page.type(armingMs);
    expect(page.effects.at(-1)).toMatchObject({
      prompt: { digest: prompt.digest },
    });
    expect(prompt.digest).toEqual(
      await promptDigest(toBinary(PromptBodySchema, prompt.body)),
    );
  });

  test("tells once that it is on screen, whatever else is painted", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.paint(1);
    page.on({ kind: "narrow", narrowing: { minutes: 1 } });
    page.paint(2);
    expect(page.effects.map((effect) => effect.do)).toEqual(["shown"]);
  });
});

describe("choosing", () => {
  test("an account is needed, and only one of those offered can be approved", async () => {
    const page = run();
    page.open(
      await waiting("a", {
        account: undefined,
        choices: [personal, work],
      } as object),
    );
    page.paint(0);
    page.type(armingMs);
    expect(page.effects.map((effect) => effect.do)).toEqual(["shown"]);
    page.on({ kind: "choose", account: work });
    page.paint(armingMs);
    page.type(2 * armingMs);
    expect(page.effects.at(-1)).toMatchObject({
      do: "approve",
      accountId: "w",
    });
  });

  test("does not change the account of a request that names one", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.on({ kind: "choose", account: work });
    expect(page.card().account).toEqual(personal);
  });

  test("a narrowing that leaves nothing cannot be approved, and says why", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.on({ kind: "narrow", narrowing: { only: [] } });
    page.paint(0);
    expect(canApprove(page.card(), armingMs)).toBe(false);
    expect(page.card().narrowingProblem).toMatch(/at least one/);
  });
});

describe("answers", () => {
  test("a wrong password leaves the card as it was, with what is wrong", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.type(armingMs);
    const { look } = page.card();
    page.on({
      kind: "failed",
      answer: "approve",
      promptId: "a",
      text: "4 tries left.",
    });
    expect(page.card()).toMatchObject({
      phase: "open",
      message: "4 tries left.",
      look,
    });
    expect(canApprove(page.card(), armingMs)).toBe(true);
  });

  test("denying works at any time, also while a password is checked, and only once", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.type(armingMs);
    page.on({ kind: "deny", look: page.card().look });
    page.on({ kind: "deny", look: page.card().look });
    expect(page.effects.map((effect) => effect.do)).toEqual([
      "shown",
      "approve",
      "deny",
    ]);
    page.on({ kind: "failed", answer: "approve", promptId: "a", text: "no" });
    expect(page.card().phase).toBe("denying");
    page.on({
      kind: "answered",
      answer: "deny",
      promptId: "a",
      outcome: { kind: "denied", text: stateText.denied },
    });
    expect(page.card().outcome?.kind).toBe("denied");
  });

  test("an approval that was first is told, though the user denied after it", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.type(armingMs);
    page.on({ kind: "deny", look: page.card().look });
    page.on({
      kind: "answered",
      answer: "approve",
      promptId: "a",
      outcome: { kind: "approved", text: "git can use Personal." },
    });
    expect(page.card().outcome?.kind).toBe("approved");
  });

  test("the own answer tells more than the stream, whichever comes first", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.type(armingMs);
    page.on(ended("a", PromptEnd.APPROVED));
    expect(page.card().phase).toBe("checking");
    page.on({
      kind: "answered",
      answer: "approve",
      promptId: "a",
      outcome: { kind: "approved", text: "git can use Personal." },
    });
    expect(page.card().outcome).toMatchObject({ kind: "approved" });
  });

  test("what the stream knew of the end is told when the answer found nothing any more", async () => {
    for (const streamFirst of [true, false]) {
      const page = run();
      page.open(await waiting("a"));
      page.paint(0);
      page.type(armingMs);
      const events: RequestsEvent[] = [
        ended("a", PromptEnd.TIMED_OUT),
        {
          kind: "answered",
          answer: "approve",
          promptId: "a",
          outcome: { kind: "gone", text: "gone" },
        },
      ];
      for (const event of streamFirst ? events : events.reverse())
        page.on(event);
      expect(page.card().outcome?.kind).toBe("late");
    }
  });

  test.each([
    [PromptEnd.APPROVED, "elsewhere"],
    [PromptEnd.DENIED, "elsewhere"],
    [PromptEnd.TIMED_OUT, "late"],
    [PromptEnd.WITHDRAWN, "gone"],
    [PromptEnd.REQUESTER_EXITED, "gone"],
    [PromptEnd.PROCESS_CHANGED, "refused"],
    [PromptEnd.ACCOUNT_LOCKED, "refused"],
  ])("end %i of the stream is told as %s", async (end, kind) => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.on(ended("a", end));
    expect(page.card().outcome?.kind).toBe(kind);
  });

  test("an own answer makes way when nothing else waits, and can still be taken back", async () => {
    const page = run();
    page.open(await waiting("a"));
    page.paint(0);
    page.type(armingMs);
    page.on({
      kind: "answered",
      answer: "approve",
      promptId: "a",
      outcome: { kind: "approved", text: "git can use Personal." },
    });
    page.on({ kind: "rest", look: page.card().look });
    expect(page.state().card).toBeUndefined();
    expect(page.state().last?.outcome?.kind).toBe("approved");
    page.on({ kind: "revoked", promptId: "a", text: "Revoked." });
    expect(page.state().last?.outcome?.text).toBe("Revoked.");
    page.open(await waiting("b"));
    expect(page.state().last).toBeUndefined();
  });

  test("an own answer stays while others wait", async () => {
    const page = run();
    const [a, b] = [await waiting("a"), await waiting("b")];
    page.open(a, b);
    page.paint(0);
    page.on({ kind: "deny", look: page.card().look });
    page.on({
      kind: "answered",
      answer: "deny",
      promptId: "a",
      outcome: { kind: "denied", text: "Denied." },
    });
    page.on({ kind: "rest", look: page.card().look });
    expect(page.card().prompt.id).toBe("a");
  });
});
