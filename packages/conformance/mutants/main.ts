// SPDX-License-Identifier: Apache-2.0
// The suite itself, from its sources. With ASSENT_MUTANT it is broken in one
// way, so that `selftest` can be seen to notice. Not part of what is published.
import { becomeMutant } from "../../../scripts/source-mutation.ts";
import { runnerMutants } from "./runner-mutants.ts";

const { ASSENT_MUTANT: mutant } = process.env;
if (mutant) becomeMutant(mutant, runnerMutants);
// Only now, so that it is loaded as the mutant has it.
await import("../src/main.ts");
