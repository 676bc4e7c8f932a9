import { Reason } from "@assent/protocol";
import { Capability } from "@assent/protocol/conformance";
import type { Caller } from "../case/caller.ts";
import type { Case } from "../case/case.ts";
import { refused } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";

// What the cases about the end of access are made of. All times: milliseconds.

export const second = 1_000;
export const minute = 60_000;
export const tenMinutes = 600_000;
export const hour = 3_600_000;

/** The Request that everything is judged by. */
export async function reads(
  world: World,
  caller: Caller,
  when: string,
): Promise<void> {
  const answer = await caller.request(read(world.item("i1")));
  readsValue(`Request at ${when}`, answer, world.item("i1"));
}

/** Fails unless access ran out and the program is told so. */
export async function hasExpired(
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

/** For cases that let time pass. */
export const virtual: { readonly control: readonly Capability[] } = {
  control: [Capability.VIRTUAL_CLOCK],
};

/** A grant at 0:00, then something that is no activity, then 10:00 all the same. */
export function isNoActivity(
  something: (world: World, caller: Caller) => Promise<void>,
  at: number = 9 * minute,
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
export function eachMinute(
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

/** A Request so long after the grant, and nothing between. */
export function boundary(ms: number, isLive: boolean): Case {
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
export function wallClock(set: (world: World) => Promise<void>): Case {
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
