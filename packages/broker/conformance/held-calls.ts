// SPDX-License-Identifier: Apache-2.0
import { GatePoint } from "@assent/protocol/conformance";
import type { AtGate, Gate } from "../src/rpc/gate.ts";

/** Calls that are held, by where the suite says. */
export interface HeldCalls {
  readonly at: AtGate;
  /** Close a gate, or let everybody through. */
  set(point: GatePoint, closed: boolean): void;
  /** Calls held there now. */
  count(point: GatePoint): number;
  /** Everybody goes on. */
  open(): void;
  /** Told when one more call is held. */
  onChange(listener: () => void): void;
}

// Judging a Request and reading the vault are one synchronous step here: nothing
// can be held between them, so it is held right before.
const points: Readonly<Partial<Record<Gate, GatePoint>>> = {
  "request-read": GatePoint.BEFORE_VAULT,
  collected: GatePoint.BEFORE_RESPONSE,
  checked: GatePoint.BEFORE_GRANT,
};

/** Open gates; `owner` is whose own requests are never held. */
export function createHeldCalls(owner: number): HeldCalls {
  let told = () => {};
  const closed = new Map<GatePoint, Set<() => void>>();
  const release = (point: GatePoint) => {
    const held = closed.get(point);
    closed.delete(point);
    for (const go of held ?? []) go();
  };
  return {
    at(gate, pid) {
      const point = points[gate];
      const held = point === undefined ? undefined : closed.get(point);
      if (held === undefined) return Promise.resolve();
      if (gate !== "checked" && pid === owner) return Promise.resolve();
      return new Promise((resolve) => {
        held.add(resolve);
        told();
      });
    },
    set(point, isClosed) {
      if (!isClosed) release(point);
      else if (!closed.has(point)) closed.set(point, new Set());
    },
    count: (point) => closed.get(point)?.size ?? 0,
    onChange(listener) {
      told = listener;
    },
    open() {
      for (const point of [...closed.keys()]) release(point);
    },
  };
}
