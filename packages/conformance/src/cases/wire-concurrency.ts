// SPDX-License-Identifier: Apache-2.0
import type { Cases } from "../case/case.ts";

/** Many callers at once, judged by the model. */
export const concurrencyCases: Cases = {
  "concurrency-model": {
    pending:
      "its walk can leave a prompt that nobody answers, and then waits for it",
  },
};
