// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { Reason } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { aboutStreams, type Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import { NotApplicable } from "../case/verdict.ts";

import {
  boundary,
  hasExpired,
  hour,
  minute,
  reads,
  second,
  tenMinutes,
  virtual,
} from "./expiry-steps.ts";

/** When access ends, and what then. */
export const expiryCases: Cases = {
  "9-59-999": boundary(tenMinutes - 1, true),
  "10-00-000": boundary(tenMinutes, false),
  "10-00-001": boundary(tenMinutes + 1, false),
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
