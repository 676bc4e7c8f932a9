import { Capability } from "@assent/protocol/conformance";
import type { Cases } from "../case/case.ts";

import {
  hasExpired,
  hour,
  minute,
  reads,
  tenMinutes,
  wallClock,
} from "./expiry-steps.ts";

/** What the machine's clocks do while access is there. */
export const expiryClockCases: Cases = {
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
};
