// SPDX-License-Identifier: Apache-2.0
import { type AuthorizeResponse, Reason } from "@assent/protocol";
import {
  Capability,
  GatePoint,
  type Prompt,
  PromptState,
} from "@assent/protocol/conformance";
import type { AuthorizeOptions, Caller } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, refused, served, that } from "../case/check.ts";
import { listVaults, putItem, read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";

type Asked = Promise<Answer<AuthorizeResponse>>;

const needs = { control: [Capability.PROMPT_RECORDS] } as const;
const write = { scope: { write: true } } as const;

async function pendingNow(world: World): Promise<readonly Prompt[]> {
  const prompts = await world.user.prompts();
  return prompts.filter(({ state }) => state === PromptState.PENDING);
}

/** 50 calls for the same, on 5 connections; the one prompt of them all. */
async function askFifty(
  world: World,
): Promise<{ caller: Caller; prompt: Prompt; asked: readonly Asked[] }> {
  const caller = await world.caller();
  const links = await Promise.all(
    Array.from({ length: 5 }, () => caller.link()),
  );
  const asked = links.flatMap((on) =>
    Array.from({ length: 10 }, () => caller.authorize({ on })),
  );
  const prompt = await world.user.waiting(50);
  equal("prompts", (await world.user.prompts()).length, 1);
  return { caller, prompt, asked };
}

/** So many calls for the same, each of which can be cancelled. */
async function askCancellable(world: World, count: number) {
  const caller = await world.caller();
  const cancels = Array.from({ length: count }, () => new AbortController());
  const asked = cancels.map(({ signal }) => caller.authorize({ signal }));
  const prompt = await world.user.waiting(count);
  return { caller, cancels, asked, prompt };
}

/** Nobody waits for the prompt any more: it is gone, and an approval comes too late. */
async function isWithdrawn(
  world: World,
  prompt: Prompt,
  caller?: Caller,
): Promise<void> {
  equal("the prompt", await world.user.ended(prompt), PromptState.WITHDRAWN);
  const tookEffect = await world.user.decide(prompt, "approve");
  equal("the late approval took effect", tookEffect, false);
  if (caller === undefined) return;
  const answer = await caller.request(read(world.item("i1")), {
    on: await caller.link(),
  });
  refused("Request", answer, "unauthenticated");
}

/** Two calls of one process that may not share a prompt; only the first is approved. */
function asksTwice(
  first: (world: World) => AuthorizeOptions,
  second: (world: World) => AuthorizeOptions,
  notYet: (world: World, caller: Caller) => Promise<void>,
): Case {
  return {
    needs,
    async run(world) {
      const caller = await world.caller();
      const one = caller.authorize(first(world));
      const [prompt] = await world.user.pending();
      const other = caller.authorize(second(world));
      // It was read, since what was sent after it is answered.
      await caller.request(listVaults);
      that("it took effect", await world.user.decide(prompt, "approve"));
      served("the first Authorize", await one);
      const [next] = await world.user.pending();
      that("it is another prompt", next.promptId !== prompt.promptId);
      await notYet(world, caller);
      await world.user.decide(next, "deny");
      refused("the second Authorize", await other, "permission_denied");
      await notYet(world, caller);
    },
  };
}

/** Who waits for a prompt, and what becomes of them. */
export const waitingCases: Cases = {
  "coalesce-50": {
    needs,
    async run(world) {
      const { caller, prompt, asked } = await askFifty(world);
      that("it took effect", await world.user.decide(prompt, "approve"));
      const answers = await Promise.all(asked);
      for (const answer of answers) served("Authorize", answer);
      const grants = answers.map((answer) =>
        answer.kind === "served" ? answer.message.grant : undefined,
      );
      for (const grant of grants) {
        equal("the account", grant?.accountId, grants[0]?.accountId);
        equal("the scope", grant?.scope, grants[0]?.scope);
        equal(
          "the duration",
          grant?.inactivityTimeout,
          grants[0]?.inactivityTimeout,
        );
      }
      equal("prompts", (await world.user.prompts()).length, 1);
      world.allow(caller, "i1");
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
    },
  },
  "coalesce-deny": {
    needs,
    async run(world) {
      const { prompt, asked } = await askFifty(world);
      that("it took effect", await world.user.decide(prompt, "deny"));
      const { PROMPT_DENIED } = Reason;
      for (const answer of await Promise.all(asked)) {
        refused("Authorize", answer, "permission_denied", PROMPT_DENIED);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "coalesce-one-cancels": {
    needs,
    async run(world) {
      const { cancels, asked, prompt } = await askCancellable(world, 3);
      cancels[1]?.abort();
      const still = await world.user.waiting(2);
      equal("the prompt", still.promptId, prompt.promptId);
      that("it took effect", await world.user.decide(prompt, "approve"));
      const [first, second, third] = await Promise.all(asked);
      if (first && second && third) {
        served("the first", first);
        notServed("the cancelled one", second);
        served("the third", third);
      }
    },
  },
  "coalesce-all-cancel": {
    needs,
    async run(world) {
      const { caller, cancels, asked, prompt } = await askCancellable(world, 3);
      for (const cancel of cancels) cancel.abort();
      for (const answer of asked) notServed("Authorize", await answer);
      await isWithdrawn(world, prompt, caller);
    },
  },
  "coalesce-not-across-process": {
    needs,
    async run(world) {
      const [one, two] = [await world.caller(), await world.caller()];
      const first = one.authorize();
      const second = two.authorize();
      const prompts = await world.user.pending(2);
      const of = ({ process }: Caller) => {
        const found = prompts.find(({ pid }) => pid === process.pid);
        that("each process has its prompt", found !== undefined);
        return found;
      };
      await world.user.decide(of(one), "approve");
      served("the first process", await first);
      const [still] = await world.user.pending();
      equal("pending", still.promptId, of(two).promptId);
      refused(
        "Request of the second process",
        await two.request(read(world.item("i1")), { on: await two.link() }),
        "unauthenticated",
      );
      await world.user.decide(still, "deny");
      refused("the second process", await second, "permission_denied");
    },
  },
  "coalesce-not-across-account": asksTwice(
    () => ({}),
    (world) => ({ account: world.acct2.id }),
    async (world, caller) => {
      const account = world.acct2.id;
      const on = await caller.link();
      refused(
        "Request of acct2",
        await caller.request(read(world.item("j1")), { account, on }),
        "unauthenticated",
      );
    },
  ),
  "coalesce-not-across-scope": asksTwice(
    () => ({}),
    () => write,
    async (world, caller) => {
      const { vaultId } = world.item("i1");
      refused(
        "a change",
        await caller.request(putItem(vaultId, "new", "a new value"), {
          on: await caller.link(),
        }),
        "permission_denied",
        Reason.OUT_OF_SCOPE,
      );
    },
  ),
  "one-pending-per-process-account": {
    needs,
    async run(world) {
      const caller = await world.caller();
      const scopes = [
        { vaults: ["V1"] },
        { vaults: ["V2"] },
        { vaults: ["V1"], write: true },
        {},
        { write: true },
      ];
      let left = scopes.length;
      const asked = scopes.map(async (scope) => {
        served("Authorize", await caller.authorize({ scope }));
        left -= 1;
      });
      const over = Promise.all(asked).then(() => undefined);
      while (left > 0) {
        const next = await Promise.race([world.user.pending(), over]);
        equal("pending at most", (await pendingNow(world)).length <= 1, true);
        if (next !== undefined) await world.user.decide(next[0], "approve");
      }
      await over;
    },
  },
  "cancel-withdraws": {
    needs,
    async run(world) {
      const { caller, cancels, asked, prompt } = await askCancellable(world, 1);
      cancels[0]?.abort();
      for (const answer of asked) notServed("Authorize", await answer);
      await isWithdrawn(world, prompt, caller);
    },
  },
  "deadline-withdraws": {
    needs: { control: [...needs.control, Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize({ deadlineMs: 1_000 });
      const [prompt] = await world.user.pending();
      await world.time.advance(1_000);
      const answer = await asked;
      // Its stream may be reset.
      if (answer.kind !== "broken") {
        refused("Authorize", answer, "deadline_exceeded");
      }
      await isWithdrawn(world, prompt, caller);
    },
  },
  "disconnect-withdraws": {
    needs,
    async run(world) {
      const caller = await world.caller();
      const on = await caller.link();
      const asked = caller.authorize({ on });
      const [prompt] = await world.user.pending();
      on.close();
      notServed("Authorize", await asked);
      await isWithdrawn(world, prompt, caller);
    },
  },
  "exit-withdraws": {
    needs,
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      caller.process.kill();
      notServed("Authorize", await asked);
      await isWithdrawn(world, prompt);
      equal("pending", (await pendingNow(world)).length, 0);
    },
  },
  "deny-wins-in-flight": {
    needs: { control: [...needs.control, Capability.GATES] },
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const gate = await world.closeGate(GatePoint.BEFORE_GRANT);
      const deciding = world.user.decide(prompt, "approve");
      await gate.held();
      that("the denial", await world.user.decide(prompt, "deny"));
      await gate.open();
      equal("the approval took effect", await deciding, false);
      const { PROMPT_DENIED } = Reason;
      refused("Authorize", await asked, "permission_denied", PROMPT_DENIED);
      refused(
        "Request",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
      );
    },
  },
  "decision-binds-to-id": {
    needs,
    async run(world) {
      for (const approved of [0, 1]) {
        const callers = [await world.caller(), await world.caller()];
        const asked = callers.map((caller) => caller.authorize());
        const prompts = await world.user.pending(2);
        const { pid } = callers[approved]?.process ?? {};
        const prompt = prompts.find((one) => one.pid === pid);
        that("it has a prompt", prompt !== undefined);
        that("it took effect", await world.user.decide(prompt, "approve"));
        const [still] = await world.user.pending();
        that("the other is pending", still.promptId !== prompt.promptId);
        await world.user.decide(still, "deny");
        const answers = await Promise.all(asked);
        answers.forEach((answer, at) => {
          if (at === approved) served("the approved one", answer);
          else refused("the denied one", answer, "permission_denied");
        });
      }
    },
  },
  "double-decision": {
    needs,
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      that("the denial", await world.user.decide(prompt, "deny"));
      const tookEffect = await world.user.decide(prompt, "approve");
      equal("the second decision took effect", tookEffect, false);
      const { PROMPT_DENIED } = Reason;
      refused("Authorize", await asked, "permission_denied", PROMPT_DENIED);
      refused(
        "Request",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
      );
      const prompts = await world.user.prompts();
      equal("the prompt", prompts[0]?.state, PromptState.DENIED);
    },
  },
};
