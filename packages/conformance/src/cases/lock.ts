// SPDX-License-Identifier: Apache-2.0

import { Reason } from "@assent/protocol";
import {
  Capability,
  GatePoint,
  PromptState,
} from "@assent/protocol/conformance";
import { soon } from "../case/bystanders.ts";
import type { Caller, CallOptions } from "../case/caller.ts";
import { aboutStreams, type Case, type Cases } from "../case/case.ts";
import {
  alike,
  equal,
  notServed,
  refused,
  served,
  that,
} from "../case/check.ts";
import { newId } from "../case/fixture.ts";
import {
  putItem,
  read,
  readsValue,
  resolve,
  valuesOf,
} from "../case/operations.ts";
import type { World } from "../case/world.ts";

const minute = 60_000;

interface ShutOutOptions extends CallOptions {
  readonly item?: "i1" | "j1";
}

async function isShutOut(
  world: World,
  caller: Caller,
  { item = "i1", ...options }: ShutOutOptions = {},
): Promise<void> {
  const account = item === "i1" ? world.acct1.id : world.acct2.id;
  refused(
    "Request after the lock",
    await caller.request(read(world.item(item)), { account, ...options }),
    "unauthenticated",
  );
}

/** A Request held at a gate while its account is locked. */
function heldAt(point: GatePoint): Case {
  return {
    needs: { control: [Capability.GATES] },
    async run(world) {
      const caller = await world.granted();
      world.allowNothing(caller);
      const gate = await world.closeGate(point);
      const asked = caller.request(read(world.item("i1")));
      await gate.held();
      await world.lock(world.acct1.id);
      await gate.open();
      const answer = await asked;
      // The broker may also end its connection.
      if (answer.kind !== "broken") {
        refused("Request", answer, "unauthenticated", Reason.ACCOUNT_LOCKED);
      }
      await isShutOut(world, caller);
    },
  };
}

/** What locking ends, and what it leaves alone. */
export const lockCases: Cases = {
  "revokes-all-processes": {
    async run(world) {
      const callers = [
        await world.granted(),
        await world.granted(),
        await world.granted(),
      ];
      await world.lock(world.acct1.id);
      for (const caller of callers) await isShutOut(world, caller);
    },
  },
  "100-processes": {
    needs: { nativeCaller: true },
    // A user who says yes a hundred times, where that is no control service.
    lastsMs: 300_000,
    async run(world) {
      const callers = [];
      for (let count = 0; count < 100; count += 1) {
        callers.push(await world.granted());
      }
      await world.lock(world.acct1.id);
      for (const caller of callers) world.allowNothing(caller);
      const answers = await Promise.all(
        callers.map((caller) => caller.request(read(world.item("i1")))),
      );
      for (const answer of answers) notServed("Request", answer);
    },
  },
  "inflight-before-read": heldAt(GatePoint.BEFORE_VAULT),
  "inflight-before-write": heldAt(GatePoint.BEFORE_RESPONSE),
  "inflight-race-500": {
    async run(world) {
      const callers = [
        await world.granted(),
        await world.granted(),
        await world.granted(),
        await world.granted(),
      ];
      const asked = callers.flatMap((caller) =>
        Array.from({ length: 125 }, () =>
          caller.request(read(world.item("i1"))),
        ),
      );
      await world.lock(world.acct1.id);
      // What was under way by then may have been served; nothing asked now is.
      await Promise.all(callers.map((caller) => isShutOut(world, caller)));
      for (const answer of await Promise.all(asked)) {
        if (answer.kind !== "served") continue;
        readsValue("a Request that was served", answer, world.item("i1"));
      }
    },
  },
  "inflight-write-not-applied-or-told": {
    needs: { control: [Capability.GATES] },
    async run(world) {
      const caller = await world.granted({ scope: { write: true } });
      const { vaultId } = world.item("i1");
      const gate = await world.closeGate(GatePoint.BEFORE_VAULT);
      const asked = caller.request(putItem(vaultId, "new", "a new value"));
      await gate.held();
      await world.lock(world.acct1.id);
      await gate.open();
      const wasServed = (await asked).kind === "served";
      await world.unlock(world.acct1.id);
      const reader = await world.granted();
      const answer = await reader.request(resolve("assent://V1/new/value"));
      served("Request", answer);
      equal("the write is there", valuesOf(answer)[0] !== undefined, wasServed);
    },
  },
  "stream-ends": aboutStreams,
  "stream-buffered": aboutStreams,
  "pending-prompt-dismissed": {
    async run(world) {
      const fresh = await world.caller();
      const holder = await world.granted({ scope: { vaults: ["V1"] } });
      const asked = fresh.authorize();
      const widened = holder.authorize();
      const prompts = await world.user.pending(2);
      await world.lock(world.acct1.id);
      for (const prompt of prompts) await world.user.ended(prompt);
      refused(
        "Authorize of a process without a grant",
        await asked,
        "permission_denied",
        Reason.PROMPT_DENIED,
      );
      refused(
        "Authorize of a process that held a grant",
        await widened,
        "unauthenticated",
        Reason.ACCOUNT_LOCKED,
      );
      for (const prompt of prompts) {
        const tookEffect = await world.user.decide(prompt, "approve");
        equal("the late approval took effect", tookEffect, false);
        const state = await world.user.ended(prompt);
        that("it was not approved", state !== PromptState.APPROVED);
      }
      await isShutOut(world, fresh);
    },
  },
  "unlock-no-resurrect": {
    async run(world) {
      const caller = await world.granted();
      await world.lock(world.acct1.id);
      await world.unlock(world.acct1.id);
      await isShutOut(world, caller);
      await world.user.decides("approve");
      served("Authorize", await caller.authorize());
      equal("prompts", (await world.user.prompts()).length, 2);
    },
  },
  "lock-unlock-fast": {
    async run(world) {
      const caller = await world.granted();
      for (let count = 0; count < 20; count += 1) {
        caller.request(read(world.item("i1"))).catch(() => {});
      }
      await world.lock(world.acct1.id);
      const unlocking = world.unlock(world.acct1.id);
      // The connection of answers that were on their way may end with them.
      const on = await caller.link();
      await isShutOut(world, caller, { on });
      await unlocking;
      await isShutOut(world, caller, { on });
    },
  },
  "other-account-untouched": {
    async run(world) {
      const account = world.acct2.id;
      const caller = await world.granted({ account });
      await world.lock(world.acct1.id);
      const answer = await caller.request(read(world.item("j1")), { account });
      readsValue("Request of acct2", answer, world.item("j1"));
    },
  },
  "other-account-timer-untouched": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    async run(world) {
      const account = world.acct2.id;
      const caller = await world.granted({ account });
      const use = () => caller.request(read(world.item("j1")), { account });
      await world.time.advance(5 * minute);
      await world.lock(world.acct1.id);
      await world.time.advance(5 * minute - 1);
      readsValue("Request at 9:59.999", await use(), world.item("j1"));
      await world.lock(world.acct1.id);
      await world.time.advance(10 * minute);
      refused(
        "Request at 10:00",
        await use(),
        "unauthenticated",
        Reason.SESSION_EXPIRED,
      );
    },
  },
  all: {
    async run(world) {
      const caller = await world.granted();
      const account = world.acct2.id;
      const other = await world.granted({ account });
      await world.lock();
      await isShutOut(world, caller);
      await isShutOut(world, other, { item: "j1" });
    },
  },
  "authorize-while-locked": {
    async run(world) {
      await world.lock(world.acct1.id);
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      for (const proof of ["none", "wrong"] as const) {
        const choice = { kind: "approve", proof } as const;
        const tookEffect = await world.user.decide(prompt, choice);
        equal(`approval with ${proof} took effect`, tookEffect, false);
      }
      await world.user.decide(prompt, "deny");
      refused("Authorize", await asked, "permission_denied");
      await isShutOut(world, caller);
    },
  },
  "request-while-locked-unauthorized": {
    async run(world) {
      const caller = await world.caller();
      const unlocked = await caller.request(read(world.item("i1")));
      await world.lock(world.acct1.id);
      const locked = await caller.request(read(world.item("i1")));
      refused("Request", locked, "unauthenticated");
      alike("locked and unlocked", locked, unlocked);
    },
  },
  "sign-out": {
    async run(world) {
      const accountId = world.acct1.id;
      const caller = await world.granted();
      const waiting = await world.caller();
      const asked = waiting.authorize();
      const [prompt] = await world.user.pending();
      await world.control.removeAccount({ accountId });
      await isShutOut(world, caller);
      const state = await world.user.ended(prompt);
      that("the prompt is dismissed", state !== PromptState.APPROVED);
      notServed("Authorize that was pending", await asked);
      if (world.described.capabilities.includes(Capability.SESSION_LIST)) {
        const { sessions } = await world.control.listSessions({});
        const left = sessions.filter((one) => one.accountId === accountId);
        equal("sessions of the removed account", left.length, 0);
      }
      const stranger = await world.caller();
      const account = newId();
      alike(
        "the removed account and a made-up one",
        await stranger.request(read(world.item("i1"))),
        await stranger.request(read(world.item("i1")), { account }),
      );
    },
  },
  "double-lock": {
    async run(world) {
      const caller = await world.granted();
      await world.lock(world.acct1.id);
      await world.lock(world.acct1.id);
      await isShutOut(world, caller);
    },
  },
  "approval-in-flight": {
    needs: { control: [Capability.GATES] },
    async run(world) {
      await world.lock(world.acct1.id);
      const caller = await world.caller();
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const gate = await world.closeGate(GatePoint.BEFORE_GRANT);
      const deciding = world.user.decide(prompt, "approve");
      await gate.held();
      await world.lock(world.acct1.id);
      await gate.open();
      equal("the approval took effect", await deciding, false);
      notServed("Authorize", await soon("Authorize", asked));
      await isShutOut(world, caller);
      const { sessions } = await world.control.listSessions({});
      that("there is no session", sessions.length === 0);
    },
  },
  "approval-in-flight-exec": {
    needs: { control: [Capability.GATES], nativeCaller: true },
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      const asked = caller.authorize();
      const [prompt] = await world.user.pending();
      const gate = await world.closeGate(GatePoint.BEFORE_GRANT);
      const deciding = world.user.decide(prompt, "approve");
      await gate.held();
      await caller.process.exec("", [], []);
      await gate.open();
      equal("the approval took effect", await deciding, false);
      await asked;
      await isShutOut(world, caller);
    },
  },
};
