// SPDX-License-Identifier: Apache-2.0
import {
  type CallLimit,
  type CallOptions,
  createCallLimit,
} from "./call-limit.ts";
import { AssentError } from "./error.ts";
import { checkMs } from "./options.ts";
import type { Timers } from "./timers.ts";

/** The calls of a client that are under way. */
export interface OpenCalls {
  /** Run one call within its limit. @throws AssentError "closed" after `close` */
  run<T>(
    options: CallOptions,
    call: (limit: CallLimit) => Promise<T>,
  ): Promise<T>;
  /** End all with "closed", and begin no more (SDK-008). */
  close(): void;
}

export function createOpenCalls(timers: Timers): OpenCalls {
  const open = new Set<CallLimit>();
  let closed = false;
  return {
    async run(options, call) {
      if (closed) throw new AssentError("closed");
      const { timeoutMs } = options;
      if (timeoutMs !== undefined) checkMs("timeoutMs", timeoutMs, 1);
      const limit = createCallLimit(options, timers);
      open.add(limit);
      try {
        limit.check();
        return await call(limit);
      } finally {
        open.delete(limit);
        limit.end();
      }
    },
    close() {
      closed = true;
      for (const limit of open) limit.abort(new AssentError("closed"));
    },
  };
}
