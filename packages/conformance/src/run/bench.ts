// SPDX-License-Identifier: Apache-2.0
import type { Case } from "../case/case.ts";
import type { CaseResult } from "./run-cases.ts";

/** What an implementation under test says of itself. */
export interface Facts {
  readonly name: string;
  readonly version: string;
  readonly protocolVersions: readonly string[];
  /** What its control service or its driver can do. */
  readonly capabilities: readonly string[];
}

/** One implementation under test, ready to be tried: one case after the other. */
export interface Bench {
  readonly facts: Facts;
  /** `seed`: what is random in the case comes from it. `one`: a case that is not of the catalogue. */
  run(id: string, seed: string, one?: Case): Promise<CaseResult>;
  close(): Promise<void>;
}
