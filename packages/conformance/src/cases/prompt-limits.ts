// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { Capability } from "@assent/protocol/conformance";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, refused, that } from "../case/check.ts";
import { listVaults } from "../case/operations.ts";
import type { World } from "../case/world.ts";

const second = 1_000;

/** Three denials within half a minute. */
async function deniedThrice(world: World, caller: Caller): Promise<void> {
  await world.user.decides("deny");
  for (let count = 0; count < 3; count += 1) {
    refused(
      "a denied Authorize",
      await caller.authorize(),
      "permission_denied",
      Reason.PROMPT_DENIED,
    );
    await world.time.advance(10 * second);
  }
}

/** Nobody can be asked for ever. */
export const limitCases: Cases = {
  "denial-rate-limit": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.caller();
      await deniedThrice(world, caller);
      const { TOO_MANY_PROMPTS } = Reason;
      const answer = await caller.authorize();
      refused("the fourth", answer, "resource_exhausted", TOO_MANY_PROMPTS);
      equal("prompts", (await world.user.prompts()).length, 3);
      await world.user.decides("ignore");
      await world.time.advance(60 * second);
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      await world.user.decide(prompt, "deny");
      refused("a minute later", await asked, "permission_denied");
    },
  },
  "rate-limit-is-per-process": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.caller();
      await deniedThrice(world, caller);
      refused("the fourth", await caller.authorize(), "resource_exhausted");
      await world.user.decides("ignore");
      const other = await world.caller({
        within: (command) =>
          world.hasNativeCaller ? [caller.process.executable] : command,
      });
      const asked = other.authorize();
      const [prompt] = await world.user.pending();
      equal("who asks", prompt.pid, other.process.pid);
      await world.user.decide(prompt, "deny");
      refused("the other process", await asked, "permission_denied");
    },
  },
  "one-visible-per-process": {
    async run(world) {
      const caller = await world.caller();
      const asked = Array.from({ length: 20 }, (_, at) =>
        caller.authorize({
          account: [world.acct1.id, world.acct2.id, "nobody"][at % 3] as string,
          scope: { vaults: [`vault ${at}`], write: at % 2 === 0 },
        }),
      );
      const [prompt] = await world.user.pending();
      // All of them were read, since what was sent after them is answered.
      await caller.request(listVaults);
      equal("prompts", (await world.user.prompts()).length, 1);
      // Whatever would be shown after it is denied as well, and counted.
      await world.user.decides("deny");
      that("the denial", await world.user.decide(prompt, "deny"));
      for (const answer of await Promise.all(asked)) {
        // More than it wants to keep waiting a broker may refuse.
        if (answer.kind === "refused" && answer.code === "resource_exhausted") {
          continue;
        }
        const { PROMPT_DENIED } = Reason;
        refused("Authorize", answer, "permission_denied", PROMPT_DENIED);
      }
      equal("prompts in the end", (await world.user.prompts()).length, 1);
    },
  },
};
