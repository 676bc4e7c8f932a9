// SPDX-License-Identifier: Apache-2.0
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Control } from "../control/control.ts";
import type { Span } from "../model/model.ts";

/** The clocks of a case. */
export interface Time {
  /** The machine is awake: every clock moves. Resolves when what was due has happened. */
  advance(ms: number): Promise<void>;
  /** The machine sleeps: the wall clock and the boot clock move. */
  suspend(ms: number): Promise<void>;
  /** Sets the wall clock and no other, to milliseconds since 1970. */
  setWall(ms: number): Promise<void>;
  /** Sets the wall clock so far from where {@link setWall} and time have brought it. */
  shiftWall(ms: number): Promise<void>;
  /** Keeps timers from running, or lets them run again. */
  freezeTimers(frozen: boolean): Promise<void>;
}

/** How much real time passes: also while the machine sleeps, though not when its clock is set. */
export function realTime(): () => Span {
  const awake = performance.now();
  const wall = Date.now();
  return () => {
    const both = [performance.now() - awake, Date.now() - wall];
    return { least: Math.min(...both), most: Math.max(...both) };
  };
}

/** The clocks, over the control service. */
export function createTime(control: Control): Time {
  let wallMs = 0;
  const setWall = async (ms: number) => {
    wallMs = ms;
    await control.setWallClock({ time: timestampFromMs(ms) });
  };
  return {
    setWall,
    shiftWall: (ms) => setWall(wallMs + ms),
    async advance(ms) {
      wallMs += ms;
      await control.advanceClock({ awake: durationFromMs(ms) });
    },
    async suspend(ms) {
      wallMs += ms;
      await control.advanceClock({ suspended: durationFromMs(ms) });
    },
    async freezeTimers(frozen) {
      await control.freezeTimers({ frozen });
    },
  };
}
