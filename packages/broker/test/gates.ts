// SPDX-License-Identifier: Apache-2.0
import type { AtGate, Gate } from "../src/rpc/gate.ts";

/** A call that stands at a gate. */
export interface Held {
  /** Settles when it got there. */
  readonly reached: Promise<void>;
  /** Let it go on. */
  open(): void;
}

/** Gates of a broker: every call passes, but those that a test holds. */
export interface Gates {
  readonly at: AtGate;
  /** Hold the next call of a process that gets to this gate. */
  hold(gate: Gate, pid: number): Held;
}

/** Create gates, all of them open. */
export function createGates(): Gates {
  const waiting: {
    readonly gate: Gate;
    readonly pid: number;
    readonly reach: () => void;
    readonly opened: Promise<void>;
  }[] = [];
  return {
    at(gate, pid) {
      const at = waiting.findIndex(
        (one) => one.gate === gate && one.pid === pid,
      );
      const [held] = at < 0 ? [] : waiting.splice(at, 1);
      held?.reach();
      return held?.opened ?? Promise.resolve();
    },
    hold(gate, pid) {
      let open = () => {};
      let reach = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      waiting.push({ gate, pid, reach, opened });
      return { reached, open };
    },
  };
}
