// SPDX-License-Identifier: Apache-2.0

import { Reason } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import { soon } from "../case/bystanders.ts";
import type { Cases } from "../case/case.ts";
import {
  alike,
  equal,
  notServed,
  refused,
  served,
  that,
} from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";

/** How an authorization is given back or taken back. */
export const revokeCases: Cases = {
  own: {
    async run(world) {
      const caller = await world.granted();
      served("Revoke", await caller.revoke());
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "own-inflight": {
    needs: { control: [Capability.GATES] },
    async run(world) {
      const caller = await world.granted();
      // What comes now must not hold the secret.
      world.allowNothing(caller);
      const gate = await world.closeGate(GatePoint.BEFORE_RESPONSE);
      const asked = caller.request(read(world.item("i1")));
      await gate.held();
      const other = await caller.link();
      const revoked = caller.revoke({ on: other });
      // Its own answer may stand at the same gate.
      await Promise.race([revoked, gate.held(2)]);
      await gate.open();
      served("Revoke", await revoked);
      await asked;
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "not-other-process": {
    async run(world) {
      const caller = await world.granted();
      const other = await world.granted();
      served("Revoke", await caller.revoke());
      const answer = await other.request(read(world.item("i1")));
      readsValue("Request of the other", answer, world.item("i1"));
    },
  },
  "not-other-account": {
    async run(world) {
      const caller = await world.granted();
      const account = world.acct2.id;
      await world.user.decides("approve");
      served("Authorize of acct2", await caller.authorize({ account }));
      world.allow(caller, "j1");
      served("Revoke of acct1", await caller.revoke());
      const answer = await caller.request(read(world.item("j1")), { account });
      readsValue("Request of acct2", answer, world.item("j1"));
      refused(
        "Request of acct1",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
      );
    },
  },
  "with-foreign-session-id": {
    async run(world) {
      const caller = await world.granted();
      const seen = await caller.authorize();
      served("Authorize", seen);
      const answer = await caller.request(read(world.item("i1")));
      served("Request", answer);
      const stranger = await world.caller();
      const { accountId = "", accountName = "" } = seen.message.grant ?? {};
      const headers = { ...answer.headers, ...seen.headers };
      for (const name of ["content-length", "content-type", "date"]) {
        delete (headers as Record<string, string>)[name];
      }
      for (const account of [accountId, accountName, ""]) {
        served("Revoke", await stranger.revoke({ account, headers }));
      }
      const still = await caller.request(read(world.item("i1")));
      readsValue("Request of the first", still, world.item("i1"));
    },
  },
  idempotent: {
    async run(world) {
      const caller = await world.granted();
      const first = await caller.revoke();
      served("first Revoke", first);
      for (const which of ["second", "third"]) {
        alike(`${which} Revoke`, await caller.revoke(), first);
      }
    },
  },
  "without-authorization": {
    async run(world) {
      const caller = await world.caller();
      const real = await caller.revoke();
      served("Revoke of a real account", real);
      const account = "nobodynobodynobodynobodyno";
      alike("Revoke of none", await caller.revoke({ account }), real);
    },
  },
  "all-own": {
    async run(world) {
      const caller = await world.granted();
      const account = world.acct2.id;
      await world.user.decides("approve");
      served("Authorize of acct2", await caller.authorize({ account }));
      const other = await world.granted();
      served("Revoke", await caller.revoke({ account: "" }));
      refused(
        "Request of acct1",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
      );
      refused(
        "Request of acct2",
        await caller.request(read(world.item("j1")), { account }),
        "unauthenticated",
      );
      const answer = await other.request(read(world.item("i1")));
      readsValue("Request of the other", answer, world.item("i1"));
    },
  },
  "by-user": {
    needs: {
      control: [Capability.SESSION_LIST, Capability.USER_REVOKE],
    },
    async run(world) {
      const caller = await world.granted();
      const other = await world.granted();
      const account = world.acct2.id;
      await world.user.decides("approve");
      served("Authorize of acct2", await caller.authorize({ account }));
      world.allow(caller, "j1");
      const { sessions } = await world.control.listSessions({});
      const mine = sessions.find(
        ({ pid, accountId }) =>
          pid === caller.process.pid && accountId === world.acct1.id,
      );
      that("the session is listed", mine !== undefined);
      await world.control.revokeByUser({ sessionId: mine.sessionId });
      refused(
        "Request of acct1",
        await caller.request(read(world.item("i1"))),
        "unauthenticated",
        Reason.SESSION_REVOKED,
      );
      const second = await caller.request(read(world.item("j1")), { account });
      readsValue("Request of acct2", second, world.item("j1"));
      const answer = await other.request(read(world.item("i1")));
      readsValue("Request of the other", answer, world.item("i1"));
    },
  },
  "no-prompt": {
    async run(world) {
      const caller = await world.caller();
      served("Revoke", await caller.revoke());
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  },
  "withdraws-pending": {
    async run(world) {
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const other = await caller.link();
      served("Revoke", await caller.revoke({ on: other }));
      notServed("Authorize", await soon("Authorize", asked));
      const tookEffect = await world.user.decide(prompt, "approve");
      equal("the late approval took effect", tookEffect, false);
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "then-authorize-prompts": {
    async run(world) {
      const caller = await world.granted();
      served("Revoke", await caller.revoke());
      await world.user.decides("approve");
      served("Authorize", await caller.authorize());
      equal("prompts", (await world.user.prompts()).length, 2);
    },
  },
};
