// SPDX-License-Identifier: Apache-2.0
import type { ActivityLog } from "./activity.ts";
import { openChainedLog } from "./chained-log.ts";
import { plainBodies } from "./entry-body.ts";
import type { Quotas } from "./tally.ts";

/** What the broker's own log is opened with. */
export interface BrokerLogOptions {
  readonly file: string;
  readonly quotas?: Quotas;
}

/**
 * Open the log of what belongs to no account (decisions 11). It is chained but
 * not sealed: `read` takes no key, an empty one will do. A change by accident
 * or in one place is told; who can write to the file can also write it anew.
 *
 * @throws ActivityError
 */
export function createBrokerLog(options: BrokerLogOptions): ActivityLog {
  return openChainedLog({
    file: options.file,
    name: "broker",
    bodies: plainBodies(),
    quotas: options.quotas,
  });
}
