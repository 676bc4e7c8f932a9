import { BrokerService, Reason } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import type { Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import { read, readsValue, resolve } from "../case/operations.ts";
import { openRaw } from "../case/raw.ts";

import {
  eachMinute,
  hasExpired,
  isNoActivity,
  minute,
  reads,
  second,
  tenMinutes,
  virtual,
} from "./expiry-steps.ts";

/** What counts as use of access, and what does not. */
export const expiryUseCases: Cases = {
  "refresh-chain": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      for (let count = 1; count <= 20; count += 1) {
        await world.time.advance(tenMinutes - 1);
        await reads(world, caller, `${count} × 9:59.999`);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "refresh-then-boundary": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(5 * minute);
      await reads(world, caller, "5:00");
      await world.time.advance(tenMinutes - 1);
      await reads(world, caller, "9:59.999 after that");
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00 after that");
    },
  },
  "refresh-from-other-connection": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minute);
      const other = await caller.link();
      served(
        "Request on the second connection",
        await caller.request(read(world.item("i1")), { on: other }),
      );
      await world.time.advance(tenMinutes - 1);
      await reads(world, caller, "9:59.999 on the first");
    },
  },
  "refresh-from-other-flavour": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minute);
      const json = await caller.link("connect-json");
      served(
        "Request in JSON",
        await caller.request(read(world.item("i1")), { on: json }),
      );
      await world.time.advance(tenMinutes - 1);
      await reads(world, caller, "9:59.999");
      await world.time.advance(tenMinutes);
      refused(
        "Request in JSON at 10:00",
        await caller.request(read(world.item("i1")), {
          on: await caller.link("connect-json"),
        }),
        "unauthenticated",
        Reason.SESSION_EXPIRED,
      );
    },
  },
  "rejected-does-not-refresh": isNoActivity(async (world) => {
    const stranger = await world.caller();
    const answer = await stranger.request(read(world.item("i1")));
    refused("Request of a stranger", answer, "unauthenticated");
  }),
  "out-of-scope-refresh": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted({ scope: { vaults: ["V1"] } });
      world.allow(caller, "i1", "i2");
      await world.time.advance(9 * minute);
      refused(
        "Request in V2",
        await caller.request(read(world.item("i3"))),
        "permission_denied",
        Reason.OUT_OF_SCOPE,
      );
      await world.time.advance(minute);
      await hasExpired(world, caller, "10:00");
    },
  },
  "malformed-does-not-refresh": isNoActivity(async (_world, caller) => {
    const link = await caller.link();
    const answer = await link.call(
      BrokerService.method.request,
      Buffer.from("0affff", "hex"),
    );
    that("malformed bytes are not served", answer.kind !== "served");
  }),
  "ping-does-not-refresh": eachMinute(async (_world, caller) => {
    const [link] = caller.links;
    that("PING is answered", (await link?.exchange.ping()) === true);
  }),
  "connect-does-not-refresh": eachMinute(async (world, caller) => {
    const raw = await openRaw(caller, world.broker.endpoint);
    await world.settled();
    raw.close();
  }),
  "other-account-does-not-refresh": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.user.decides("approve");
      const account = world.acct2.id;
      served("Authorize of acct2", await caller.authorize({ account }));
      world.allow(caller, "j1");
      const use = () => caller.request(read(world.item("j1")), { account });
      for (let minutes = 1; minutes <= 10; minutes += 1) {
        await world.time.advance(minute);
        readsValue("Request of acct2", await use(), world.item("j1"));
      }
      await hasExpired(world, caller, "10:00");
      readsValue("Request of acct2 still", await use(), world.item("j1"));
    },
  },
  "other-process-does-not-refresh": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      const other = await world.granted();
      for (let minutes = 1; minutes <= 10; minutes += 1) {
        await world.time.advance(minute);
        await reads(world, other, `${minutes}:00 of the other`);
      }
      await hasExpired(world, caller, "10:00");
    },
  },
  "revoke-other-does-not-refresh": isNoActivity(async (world, caller) => {
    served("Revoke", await caller.revoke({ account: world.acct2.id }));
  }),
  "unknown-method-does-not-refresh": eachMinute(async (_world, caller) => {
    const { exchange } = await caller.link();
    const answer = await exchange.send({
      path: "/assent.v1.BrokerService/Refresh",
      headers: {
        "content-type": "application/proto",
        "assent-protocol-version": "1.0",
      },
      body: new Uint8Array(),
    });
    that("an unknown method is not served", answer.status !== 200);
    exchange.close();
  }),
  "not-found-refreshes": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minute);
      served(
        "Request of what is not there",
        await caller.request(resolve("assent://V1/nothing/value")),
      );
      await world.time.advance(tenMinutes - 1);
      await reads(world, caller, "18:59.999");
    },
  },
  "invalid-argument-after-check-refreshes": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minute);
      await caller.request(resolve("assent://V1/i1/%/value"));
      await world.time.advance(tenMinutes - 1);
      await reads(world, caller, "18:59.999");
    },
  },
  "deadline-after-accept-refreshes": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.GATES] },
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(9 * minute);
      const gate = await world.closeGate(GatePoint.BEFORE_RESPONSE);
      const late = caller.request(read(world.item("i1")), {
        deadlineMs: second,
      });
      await gate.held();
      await world.time.advance(second);
      await gate.open();
      await late;
      await world.time.advance(tenMinutes - 1 - second);
      await reads(world, caller, "9:59.999 after it was accepted");
    },
  },
};
