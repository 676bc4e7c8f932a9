// SPDX-License-Identifier: Apache-2.0

import { Reason } from "@assent/protocol";
import { Capability, PromptState } from "@assent/protocol/conformance";
import { soon } from "../case/bystanders.ts";
import type { Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import {
  listItems,
  listVaults,
  putItem,
  read,
  readsValue,
} from "../case/operations.ts";
import { getItems } from "../case/vault-operations.ts";

const minutes = 60_000;

/** How an authorization comes into being, and by what it does not. */
export const sessionCases: Cases = {
  "request-before-authorize": {
    async run(world) {
      const caller = await world.caller();
      const item = world.item("i1");
      const operations = {
        "reading a secret": read(item),
        "listing vaults": listVaults,
        "listing items": listItems(item.vaultId),
        "reading an item": getItems(item.vaultId, item.id),
        "making an item": putItem(item.vaultId, "new", "a new value"),
      };
      for (const [what, operation] of Object.entries(operations)) {
        const answer = await soon(what, caller.request(operation));
        refused(what, answer, "unauthenticated");
      }
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  },
  "request-after-approve": {
    async run(world) {
      const caller = await world.granted();
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "no-grant-without-decision": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const other = await caller.link();
      const answer = await caller.request(read(world.item("i1")), {
        on: other,
      });
      refused("Request", answer, "unauthenticated");
      const [still] = await world.user.pending();
      equal("the prompt", still.promptId, prompt.promptId);
      await world.user.decide(prompt, "deny");
      refused(
        "Authorize",
        await asked,
        "permission_denied",
        Reason.PROMPT_DENIED,
      );
    },
  },
  deny: {
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("deny");
      refused(
        "Authorize",
        await caller.authorize(),
        "permission_denied",
        Reason.PROMPT_DENIED,
      );
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "deny-then-approve": {
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("deny");
      refused("first", await caller.authorize(), "permission_denied");
      await world.user.decides("approve");
      served("second", await caller.authorize());
      equal("prompts", (await world.user.prompts()).length, 2);
      world.allow(caller, "i1");
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
    },
  },
  "deny-keeps-other-grant": {
    async run(world) {
      const caller = await world.granted();
      await world.user.decides("deny");
      const other = { account: world.acct2.id };
      refused(
        "Authorize of acct2",
        await caller.authorize(other),
        "permission_denied",
      );
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request of acct1", answer, world.item("i1"));
    },
  },
  "prompt-timeout": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      await world.time.advance(world.promptTimeoutMs);
      refused(
        "Authorize",
        await asked,
        "permission_denied",
        Reason.PROMPT_TIMED_OUT,
      );
      equal(
        "the prompt",
        await world.user.ended(prompt),
        PromptState.TIMED_OUT,
      );
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "prompt-timeout-minus-1ms": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      await world.time.advance(world.promptTimeoutMs - 1);
      that("it took effect", await world.user.decide(prompt, "approve"));
      served("Authorize", await asked);
    },
  },
  "approve-after-timeout": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      await world.time.advance(world.promptTimeoutMs + 1);
      const tookEffect = await world.user.decide(prompt, "approve");
      equal("the late approval took effect", tookEffect, false);
      refused("Authorize", await asked, "permission_denied");
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "dismiss-is-deny": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      await world.user.decide(prompt, "dismiss");
      // It may stay for somebody else to answer; then its time ends it.
      await world.time.advance(world.promptTimeoutMs);
      refused("Authorize", await asked, "permission_denied");
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "approve-without-unlock-method": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const choice = { kind: "approve", proof: "none" } as const;
      const tookEffect = await world.user.decide(prompt, choice);
      equal("it took effect", tookEffect, false);
      const other = await caller.link();
      refused(
        "Request",
        await caller.request(read(world.item("i1")), { on: other }),
        "unauthenticated",
      );
      await world.user.decide(prompt, "deny");
      refused("Authorize", await asked, "permission_denied");
    },
  },
  "approve-wrong-unlock": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      for (let count = 0; count < 3; count += 1) {
        const choice = { kind: "approve", proof: "wrong" } as const;
        const tookEffect = await world.user.decide(prompt, choice);
        equal("it took effect", tookEffect, false);
      }
      const other = await caller.link();
      refused(
        "Request",
        await caller.request(read(world.item("i1")), { on: other }),
        "unauthenticated",
      );
      await world.user.decide(prompt, "deny");
      refused("Authorize", await asked, "permission_denied");
    },
  },
  "request-never-prompts": {
    async run(world) {
      const caller = await world.caller();
      const answers = await Promise.all(
        Array.from({ length: 100 }, () =>
          soon(
            "an answer to a Request",
            caller.request(read(world.item("i1"))),
          ),
        ),
      );
      for (const answer of answers) {
        refused("Request", answer, "unauthenticated");
      }
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  },
  "reauthorize-live-no-prompt": {
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("approve");
      const first = await caller.authorize();
      served("first", first);
      const second = await caller.authorize();
      served("second", second);
      equal("prompts", (await world.user.prompts()).length, 1);
      equal(
        "the account granted",
        second.message.grant?.accountId,
        first.message.grant?.accountId,
      );
      equal(
        "the scope granted",
        second.message.grant?.scope,
        first.message.grant?.scope,
      );
    },
  },
  "reauthorize-does-not-extend": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minutes);
      served("Authorize at 9:00", await caller.authorize());
      await world.time.advance(1 * minutes);
      refused(
        "Request at 10:00",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
        Reason.SESSION_EXPIRED,
      );
    },
  },
  "reconnect-keeps": {
    async run(world) {
      const caller = await world.granted();
      for (const link of caller.links) link.close();
      const again = await caller.link();
      const answer = await caller.request(read(world.item("i1")), {
        on: again,
      });
      readsValue("Request", answer, world.item("i1"));
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "reconnect-100": {
    async run(world) {
      const caller = await world.granted();
      for (let count = 0; count < 100; count += 1) {
        const link = await caller.link();
        const answer = await caller.request(read(world.item("i1")), {
          on: link,
        });
        readsValue("Request", answer, world.item("i1"));
        link.close();
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "parallel-connections": {
    async run(world) {
      const caller = await world.granted();
      const links = await Promise.all(
        Array.from({ length: 8 }, () => caller.link()),
      );
      const answers = await Promise.all(
        links.map((on) => caller.request(read(world.item("i1")), { on })),
      );
      for (const answer of answers) {
        readsValue("Request", answer, world.item("i1"));
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "all-connections-closed-5min": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.granted();
      for (const link of caller.links) link.close();
      await world.time.advance(5 * minutes);
      const again = await caller.link();
      const answer = await caller.request(read(world.item("i1")), {
        on: again,
      });
      readsValue("Request", answer, world.item("i1"));
    },
  },
};
