// SPDX-License-Identifier: Apache-2.0
import { Access, Reason } from "@assent/protocol";
import { Capability } from "@assent/protocol/conformance";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { scopeOf } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import {
  listItems,
  listVaults,
  putItem,
  read,
  readsValue,
} from "../case/operations.ts";
import {
  deleteVault,
  makeItem,
  putVault,
  removeItems,
} from "../case/vault-operations.ts";
import { isOutside, onlyV1, write, writes } from "./session-outside.ts";

/** What a yes is widened by, and what it is narrowed to. */
export const widenCases: Cases = {
  "widen-prompts": {
    async run(world) {
      const caller = await world.granted();
      const [first] = await world.user.prompts();
      const asked = caller.authorize(write);
      const [second] = await world.user.pending();
      that("it is another prompt", second.promptId !== first?.promptId);
      that(
        "it shows another scope",
        second.shownScope !== first?.shownScope,
        second.shownScope,
      );
      await world.user.decide(second, "approve");
      const answer = await asked;
      served("Authorize", answer);
      equal("access", answer.message.grant?.scope?.access, Access.READ_WRITE);
      const { vaultId } = world.item("i1");
      await makeItem(caller, vaultId, "new", "a new value");
    },
  },
  "widen-denied-keeps-old": {
    async run(world) {
      const caller = await world.granted();
      await world.user.decides("deny");
      refused(
        "the wider Authorize",
        await caller.authorize(write),
        "permission_denied",
        Reason.PROMPT_DENIED,
      );
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
      await isOutside(caller, writes(world));
    },
  },
  "widen-pending-keeps-old": {
    async run(world) {
      const caller = await world.granted();
      const asked = caller.authorize(write);
      const [prompt] = await world.user.pending();
      await isOutside(caller, writes(world));
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
      await world.user.decide(prompt, "deny");
      refused("the wider Authorize", await asked, "permission_denied");
    },
  },
  "narrow-scope": {
    needs: { control: [Capability.NARROWING] },
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize({ scope: { vaults: ["V1", "V2"] } });
      const [prompt] = await world.user.pending();
      const choice = { kind: "approve", scope: { vaults: ["V1"] } } as const;
      that("it took effect", await world.user.decide(prompt, choice));
      const answer = await asked;
      served("Authorize", answer);
      const { vaultId } = world.item("i1");
      equal("the scope granted", answer.message.grant?.scope?.extent, {
        ...scopeOf({ vaults: [vaultId] }).extent,
      });
      world.allow(caller, "i1");
      const inside = await caller.request(read(world.item("i1")));
      readsValue("Request in V1", inside, world.item("i1"));
      await isOutside(caller, { "Request in V2": read(world.item("i3")) });
    },
  },
  "narrow-duration": {
    needs: { control: [Capability.NARROWING, Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const caller = await world.caller();
      world.allow(caller, "i1");
      const choice = { kind: "approve", inactivityMs: 60_000 } as const;
      await world.user.decides(choice);
      served("Authorize", await caller.authorize());
      await world.time.advance(59_999);
      const live = await caller.request(read(world.item("i1")));
      readsValue("Request after 59.999 s", live, world.item("i1"));
      await world.time.advance(60_000);
      refused(
        "Request after 60 s more",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
        Reason.SESSION_EXPIRED,
      );
    },
  },
  "narrow-reported-exactly": {
    needs: { control: [Capability.NARROWING] },
    async run(world) {
      const { vaultId, id } = world.item("i1");
      const whole = `assent://${vaultId}/${id}`;
      const choices = [
        { scope: {}, inactivityMs: 30_000 },
        { scope: { vaults: [vaultId], write: true }, inactivityMs: 599_000 },
        { scope: { vaults: [vaultId] }, inactivityMs: 1_000 },
        { scope: { references: [whole] }, inactivityMs: 600_000 },
      ];
      for (const choice of choices) {
        const caller = await world.caller();
        await world.user.decides({ kind: "approve", ...choice });
        const answer = await caller.authorize(write);
        served("Authorize", answer);
        const { grant } = answer.message;
        equal("the scope granted", grant?.scope, scopeOf(choice.scope));
        const { inactivityTimeout } = grant ?? {};
        equal(
          "the inactivity timeout granted, milliseconds",
          inactivityTimeout && durationMs(inactivityTimeout),
          choice.inactivityMs,
        );
      }
    },
  },
  "scope-last-vault-deleted": {
    async run(world) {
      const owner = await world.granted(write);
      const caller = await world.granted(onlyV1);
      const { vaultId } = world.item("i1");
      served("deleting V1", await owner.request(deleteVault(vaultId)));
      await isOutside(caller, {
        "reading in V2": read(world.item("i3")),
        "listing V2": listItems("V2"),
        "listing what was V1": listItems(vaultId),
      });
      const listed = await caller.request(listVaults);
      if (listed.kind === "served") {
        equal("its vaults", listed.message.result?.result.value, {
          $typeName: "assent.v1.Vaults",
          vaults: [],
        });
      }
    },
  },
  "scope-not-merged": {
    async run(world) {
      const caller = await world.granted({ scope: { vaults: ["V1", "V2"] } });
      await world.user.decides("approve");
      served(
        "the second Authorize",
        await caller.authorize({ scope: { vaults: ["V1"], write: true } }),
      );
      const { vaultId } = world.item("i3");
      await isOutside(caller, {
        "writing to V2": putItem(vaultId, "new", "a new value"),
        "renaming V2": putVault("renamed", vaultId),
        "deleting in V2": removeItems(vaultId, world.item("i3").id),
      });
      await makeItem(caller, world.item("i1").vaultId, "new", "a new value");
      world.allow(caller, "i3");
      const answer = await caller.request(read(world.item("i3")));
      readsValue("reading in V2", answer, world.item("i3"));
    },
  },
};
