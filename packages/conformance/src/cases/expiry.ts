// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { BrokerService, Reason } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { Caller } from "../case/caller.ts";
import { aboutStreams, type Case, type Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import { read, readsValue, resolve } from "../case/operations.ts";
import { openRaw } from "../case/raw.ts";
import { NotApplicable } from "../case/verdict.ts";
import type { World } from "../case/world.ts";

const second = 1_000;
const minute = 60 * second;
const tenMinutes = 10 * minute;
const hour = 60 * minute;

/** The Request that everything is judged by. */
async function reads(
  world: World,
  caller: Caller,
  when: string,
): Promise<void> {
  const answer = await caller.request(read(world.item("i1")));
  readsValue(`Request at ${when}`, answer, world.item("i1"));
}

async function hasExpired(
  world: World,
  caller: Caller,
  when: string,
): Promise<void> {
  refused(
    `Request at ${when}`,
    await caller.request(read(world.item("i1"))),
    "unauthenticated",
    Reason.SESSION_EXPIRED,
  );
}

const virtual = { control: [Capability.VIRTUAL_CLOCK] } as const;

/** A grant at 0:00, then something that is no activity, then 10:00 all the same. */
function isNoActivity(
  something: (world: World, caller: Caller) => Promise<void>,
  at = 9 * minute,
): Case {
  return {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(at);
      await something(world, caller);
      await world.time.advance(tenMinutes - at);
      await hasExpired(world, caller, "10:00");
    },
  };
}

/** The same with something done each minute. */
function eachMinute(
  something: (world: World, caller: Caller) => Promise<void>,
): Case {
  return {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      for (let minutes = 1; minutes < 10; minutes += 1) {
        await world.time.advance(minute);
        await something(world, caller);
      }
      await world.time.advance(minute);
      await hasExpired(world, caller, "10:00");
    },
  };
}

function boundary(ms: number, isLive: boolean): Case {
  return {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(ms);
      await (isLive ? reads : hasExpired)(world, caller, `${ms} ms`);
    },
  };
}

/** Nothing that is done to the wall clock lengthens or shortens it. */
function wallClock(set: (world: World) => Promise<void>): Case {
  return {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.WALL_CLOCK] },
    async run(world) {
      await world.time.setWall(Date.UTC(2027, 2, 1));
      const caller = await world.granted();
      await world.time.advance(5 * minute);
      await set(world);
      await world.time.advance(5 * minute - 1);
      await reads(world, caller, "9:59.999");
      await set(world);
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00 after the last use");
    },
  };
}

/** When an authorization ends by itself. */
export const expiryCases: Cases = {
  "9-59-999": boundary(tenMinutes - 1, true),
  "10-00-000": boundary(tenMinutes, false),
  "10-00-001": boundary(tenMinutes + 1, false),
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
  "wall-back-1h": wallClock((world) => world.time.shiftWall(-hour)),
  "wall-forward-1h": wallClock((world) => world.time.shiftWall(hour)),
  "wall-forward-year-2038": wallClock((world) =>
    world.time.setWall(Date.UTC(2038, 0, 19, 3, 14, 8)),
  ),
  "wall-to-1970": wallClock((world) => world.time.setWall(0)),
  "dst-and-leap": wallClock(async (world) => {
    // Clocks go back an hour in Europe; a leap second came at the end of 2016.
    await world.time.setWall(Date.UTC(2026, 9, 25, 0, 59, 59));
    await world.time.setWall(Date.UTC(2026, 9, 25, 1, 0, 0) - hour);
    await world.time.setWall(Date.UTC(2016, 11, 31, 23, 59, 59));
    await world.time.setWall(Date.UTC(2016, 11, 31, 23, 59, 59));
  }),
  "suspend-11min": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.SUSPEND] },
    async run(world) {
      const caller = await world.granted();
      await world.time.suspend(11 * minute);
      await hasExpired(world, caller, "11:00 asleep");
    },
  },
  "suspend-5-plus-5": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.SUSPEND] },
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(5 * minute);
      await world.time.suspend(5 * minute - 1);
      await reads(world, caller, "5:00 awake and 4:59.999 asleep");
      await world.time.advance(5 * minute);
      await world.time.suspend(5 * minute);
      await hasExpired(world, caller, "5:00 awake and 5:00 asleep");
    },
  },
  "suspend-no-timer": {
    needs: { control: [Capability.SUSPEND, Capability.FREEZE_TIMERS] },
    async run(world) {
      const caller = await world.granted();
      await world.time.freezeTimers(true);
      await world.time.suspend(11 * minute);
      await hasExpired(world, caller, "11:00 asleep");
    },
  },
  "timer-starved": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.FREEZE_TIMERS] },
    async run(world) {
      const caller = await world.granted();
      await world.time.freezeTimers(true);
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00");
    },
  },
  "no-revive": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(tenMinutes);
      for (let count = 0; count < 5; count += 1) {
        await hasExpired(world, caller, `10:00, call ${count + 1}`);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "new-prompt-after-expiry": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00");
      await world.user.decides("approve");
      served("Authorize", await caller.authorize());
      equal("prompts", (await world.user.prompts()).length, 2);
      await reads(world, caller, "the new 0:00");
    },
  },
  "expired-then-lock-unlock": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(tenMinutes);
      await world.lock(world.acct1.id);
      await world.unlock(world.acct1.id);
      const answer = await caller.request(read(world.item("i1")));
      refused("Request", answer, "unauthenticated");
    },
  },
  "stream-ends": aboutStreams,
  "server-stream-messages-do-not-refresh": aboutStreams,
  "inflight-across-boundary": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.GATES] },
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(tenMinutes - 1);
      const gate = await world.closeGate(GatePoint.BEFORE_RESPONSE);
      const asked = caller.request(read(world.item("i1")));
      await gate.held();
      await world.time.advance(5 * second);
      await gate.open();
      readsValue("Request at 9:59.999", await asked, world.item("i1"));
    },
  },
  "asked-1h": {
    needs: virtual,
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("approve");
      const answer = await caller.authorize({
        message: { inactivityTimeout: durationFromMs(hour) },
      });
      if (answer.kind === "refused") {
        refused("Authorize", answer, "invalid_argument");
        return;
      }
      served("Authorize", answer);
      const granted = answer.message.grant?.inactivityTimeout;
      that(
        "at most ten minutes are granted",
        granted !== undefined && durationMs(granted) <= tenMinutes,
      );
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00");
    },
  },
  "asked-zero-negative-max": {
    needs: virtual,
    async run(world) {
      await world.user.decides("approve");
      const asked = [
        { seconds: 0n, nanos: 0 },
        { seconds: -1n, nanos: 0 },
        { seconds: 315_576_000_000n, nanos: 0 },
        { seconds: 9_223_372_036_854_775_807n, nanos: 999_999_999 },
      ];
      for (const { seconds, nanos } of asked) {
        const caller = await world.caller();
        const inactivityTimeout = { ...durationFromMs(0), seconds, nanos };
        const answer = await caller.authorize({
          message: { inactivityTimeout },
        });
        if (answer.kind !== "served") {
          refused("Authorize", answer, "invalid_argument");
          continue;
        }
        const granted = answer.message.grant?.inactivityTimeout;
        that(
          `at most ten minutes are granted when ${seconds} s are asked`,
          granted !== undefined && durationMs(granted) <= tenMinutes,
        );
      }
    },
  },
  "reason-only-to-owner": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      await world.time.advance(tenMinutes);
      await hasExpired(world, caller, "10:00");
      const stranger = await world.caller();
      refused(
        "Request of a stranger",
        await stranger.request(read(world.item("i1"))),
        "unauthenticated",
        Reason.AUTHORIZATION_REQUIRED,
      );
    },
  },
  "real-time-10min": {
    lastsMs: 610 * second,
    async run(world) {
      if (world.described.capabilities.includes(Capability.VIRTUAL_CLOCK)) {
        throw new NotApplicable(
          "time is moved here; the ten minutes are for a broker without a control service",
        );
      }
      const used = await world.granted();
      const grantedAt = performance.now();
      const left = await world.granted();
      // To grant takes long where an account is unlocked in real time.
      const leftAt = performance.now();
      await wait(595 * second - (leftAt - grantedAt));
      await reads(world, used, "9:55");
      await wait(605 * second - (performance.now() - leftAt));
      await hasExpired(world, left, "10:05");
      await reads(world, used, "0:10 after its use");
    },
  },
  "overall-12h": {
    needs: virtual,
    async run(world) {
      const caller = await world.granted();
      for (let at = 9 * minute; at < 12 * hour; at += 9 * minute) {
        await world.time.advance(9 * minute);
        await reads(world, caller, `${at / minute} minutes`);
      }
      // 80 × 9 minutes are twelve hours; 79 have passed.
      await world.time.advance(9 * minute - 1);
      await reads(world, caller, "11:59:59.999");
      await world.time.advance(1);
      await hasExpired(world, caller, "12:00:00");
    },
  },
};
