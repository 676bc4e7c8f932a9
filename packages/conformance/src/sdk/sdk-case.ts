// SPDX-License-Identifier: Apache-2.0
import type { DriverFeature } from "@assent/protocol/conformance";
import type { MachineFeature, Pending } from "../case/case.ts";
import type { SdkWorld } from "./sdk-world.ts";

/** What a case needs besides an SDK. */
export interface SdkNeeds {
  /** Without it the case does not apply to the SDK. */
  readonly features?: readonly DriverFeature[];
  /** Without it the case is not run. */
  readonly machine?: readonly MachineFeature[];
}

/** A case that can be run. */
export interface SdkCase {
  readonly needs?: SdkNeeds;
  /** Throws Failure, NotRun or NotApplicable. */
  run(world: SdkWorld): Promise<void>;
}

/** Cases by the last part of their name. */
export type SdkCases = Readonly<Record<string, SdkCase | Pending>>;
