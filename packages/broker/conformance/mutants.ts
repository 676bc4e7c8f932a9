// SPDX-License-Identifier: Apache-2.0
import type { Mutant } from "../../../scripts/source-mutation.ts";
import { channelMutants } from "./mutants/channel.ts";
import { expiryMutants } from "./mutants/expiry.ts";
import { lockMutants } from "./mutants/lock.ts";
import { processMutants } from "./mutants/process.ts";
import { promptMutants } from "./mutants/prompt.ts";
import { sessionMutants } from "./mutants/session.ts";
import { wireMutants } from "./mutants/wire.ts";

/** Our broker, broken in every way that the catalogue of the suite names. */
export const mutants: readonly Mutant[] = [
  ...sessionMutants,
  ...promptMutants,
  ...expiryMutants,
  ...lockMutants,
  ...processMutants,
  ...channelMutants,
  ...wireMutants,
];
