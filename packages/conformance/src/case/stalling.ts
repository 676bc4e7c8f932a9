// SPDX-License-Identifier: Apache-2.0
import { Capability } from "@assent/protocol/conformance";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { that } from "./check.ts";
import type { RawConnection } from "./raw.ts";
import type { World } from "./world.ts";

const second = 1_000;
const mostMs = 30 * second;
// Beyond the limit, for machines that are busy.
const graceMs = 10 * second;

/** Until when a connection without progress is closed; milliseconds. @throws Failure when that is too long */
export function stallLimitMs({ described }: World): number {
  const { idleConnectionLimit: declared } = described;
  const limit = declared === undefined ? mostMs : durationMs(declared);
  that(
    "the declared limit of connections without progress (WIR-007)",
    limit <= mostMs,
    `${limit} ms`,
  );
  return limit;
}

function movesTime({ described }: World): boolean {
  return described.capabilities.includes(Capability.VIRTUAL_CLOCK);
}

/**
 * Waits until it is over, at once or when the limit has passed: of the virtual
 * time, or, where a broker measures its connections by real time, of that.
 */
export async function isOverInTime(
  world: World,
  raw: RawConnection,
  isOver: () => boolean = () => raw.isClosed,
): Promise<boolean> {
  if (await raw.until(isOver, second)) return true;
  const limit = stallLimitMs(world);
  if (movesTime(world)) {
    await world.time.advance(limit);
    if (await raw.until(isOver, second)) return true;
  }
  return await raw.until(isOver, limit + graceMs);
}

/** A connection that makes no progress. */
export interface Stalled {
  readonly what: string;
  readonly raw: RawConnection;
  /** Sent once a second. */
  readonly byte?: Uint8Array;
  /** Closed, or its call was refused. */
  readonly isOver: () => boolean;
}

/** Lets the limit pass, once for all of them; those that were not over then. */
export async function outstaying(
  world: World,
  stalled: readonly Stalled[],
): Promise<readonly Stalled[]> {
  const limit = stallLimitMs(world);
  const left = () => stalled.filter(({ isOver }) => !isOver());
  const drip = () =>
    Promise.all(
      left().map(({ raw, byte }) => (byte ? raw.send(byte) : undefined)),
    );
  const aSecond = () =>
    Promise.all(left().map(({ raw, isOver }) => raw.until(isOver, second)));
  // So that their time has begun.
  await world.settled();
  if (movesTime(world)) {
    for (let ms = 0; ms < limit && left().length > 0; ms += second) {
      await drip();
      await world.time.advance(second);
    }
    await aSecond();
  }
  const until = performance.now() + limit + graceMs;
  while (left().length > 0 && performance.now() < until) {
    await drip();
    await aSecond();
  }
  return left();
}
