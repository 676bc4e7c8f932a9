// SPDX-License-Identifier: Apache-2.0
import type { Capability } from "@assent/protocol/conformance";
import { NotApplicable } from "./verdict.ts";
import type { World } from "./world.ts";

/** What a case needs besides a broker; without it, it is not run. */
export interface Needs {
  /** Of the control service. */
  readonly control?: readonly Capability[];
  /** A caller that forks, execs and hands connections over. */
  readonly nativeCaller?: boolean;
  /** Of the machine. */
  readonly machine?: readonly MachineFeature[];
}

/** What not every machine has. */
export type MachineFeature =
  /** Process ids that can be chosen (a PID namespace of its own). */
  | "pid-namespace"
  /** A second user id. */
  | "second-user"
  /** A network namespace of its own. */
  | "network-namespace";

/** A case that can be run. */
export interface Case {
  readonly needs?: Needs;
  /** How long it takes in real time, milliseconds, when that is long: it runs beside the others. */
  readonly lastsMs?: number;
  /** Throws Failure, or NotRun. */
  run(world: World): Promise<void>;
}

/** A case that is not built yet, and why. */
export interface Pending {
  readonly pending: string;
}

/** Cases by the last part of their name. */
export type Cases = Readonly<Record<string, Case | Pending>>;

/** What binds answers in streams. */
export const aboutStreams: Case = {
  async run() {
    throw new NotApplicable("every call of BrokerService is unary in 1.0");
  },
};
