// SPDX-License-Identifier: Apache-2.0
import { Capability } from "@assent/protocol/conformance";
import type { Cases } from "../case/case.ts";
import { walksOf } from "../fuzz/search.ts";

/** Many callers at once, judged by the model. */
export const concurrencyCases: Cases = {
  "concurrency-model": {
    needs: { control: [Capability.VIRTUAL_CLOCK, Capability.SUSPEND] },
    // 2 000 operations: two moves in a step, and Requests are three at a time.
    run: (world) =>
      walksOf(world, {
        count: 11,
        steps: 60,
        together: 3,
        tries: 60,
        mostMs: 30_000,
      }),
  },
};
