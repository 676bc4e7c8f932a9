// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { Capability, PromptState } from "@assent/protocol/conformance";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import {
  equal,
  notServed,
  refused,
  served,
  summary,
  that,
} from "../case/check.ts";
import { newId } from "../case/fixture.ts";
import { listVaults, read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";

const needs = { control: [Capability.PROMPT_RECORDS] } as const;

/** What a program can see of Authorize for three names, each of which ends by a deadline. */
async function byDeadline(
  world: World,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const caller = await world.caller();
  const asked = accounts.map((account) =>
    caller.authorize({ account, deadlineMs: 50 }),
  );
  const answers = await Promise.all(asked);
  return answers.map((answer) =>
    answer.kind === "broken" ? "no answer" : summary(answer),
  );
}

/** How many prompts there are, in which order they come, as the calls that wait are given up. */
async function byPrompt(
  world: World,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const seen: string[] = [];
  const caller: Caller = await world.caller();
  const calls = accounts.map((account) => {
    const cancel = new AbortController();
    const { signal } = cancel;
    return { cancel, answer: caller.authorize({ account, signal }) };
  });
  const own = async () =>
    (await world.user.prompts()).filter(
      ({ pid }) => pid === caller.process.pid,
    );
  for (const { cancel, answer } of calls) {
    const [prompt] = await world.user.pending();
    // All of them were read, since what was sent after them is answered.
    await caller.request(listVaults);
    const isPending = (await own()).filter(
      ({ state }) => state === PromptState.PENDING,
    );
    seen.push(`${isPending.length} visible, ${prompt.waiters} waiting`);
    cancel.abort();
    notServed("Authorize", await answer);
    await world.user.ended(prompt);
  }
  seen.push(`${(await own()).length} in all`);
  return seen;
}

/** Whether an account exists is not to be found out by asking for it. */
export const leakAccountCases: Cases = {
  "authorize-unknown-account": {
    needs,
    async run(world) {
      for (const account of [newId(), "Nobody", ""]) {
        const denied = await world.caller();
        const asked = denied.authorize({ account });
        const [prompt] = await world.user.pending();
        equal("the account of the prompt", prompt.accountId, "");
        for (const { name } of [world.acct1, world.acct2]) {
          that(
            `${name} is a choice`,
            prompt.shownChoices.some((choice) => choice.includes(name)),
          );
        }
        await world.user.decide(prompt, "deny");
        const { PROMPT_DENIED } = Reason;
        refused("Authorize", await asked, "permission_denied", PROMPT_DENIED);

        const caller = await world.caller();
        const again = caller.authorize({ account });
        const [open] = await world.user.pending();
        const choice = { kind: "approve", account: world.acct2.id } as const;
        that("the approval", await world.user.decide(open, choice));
        const answer = await again;
        served("Authorize", answer);
        const { grant } = answer.message;
        equal("the account granted", grant?.accountId, world.acct2.id);
        equal("its name", grant?.accountName, world.acct2.name);
        world.allow(caller, "j1");
        const of = { account: world.acct2.id };
        const value = await caller.request(read(world.item("j1")), of);
        readsValue("Request", value, world.item("j1"));
        refused(
          "Request of acct1",
          await caller.request(read(world.item("i1"))),
          "unauthenticated",
        );
      }
    },
  },
  "account-oracle-coalescing": {
    needs,
    async run(world) {
      const guesses = [world.acct1.id, world.acct2.name, newId(), "Nobody"];
      for (const look of [byPrompt, byDeadline]) {
        const seen = [];
        for (const guess of guesses) {
          for (const at of [0, 1, 2]) {
            const accounts: string[] = [newId(), newId()];
            accounts.splice(at, 0, guess);
            seen.push(await look(world, accounts));
          }
        }
        for (const one of seen) {
          equal("what can be seen of a guess", one, seen[0]);
        }
      }
    },
  },
};
