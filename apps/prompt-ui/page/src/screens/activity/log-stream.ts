// SPDX-License-Identifier: Apache-2.0
import { ActivityService } from "@assent/protocol/owner";
import { ownerClient } from "../../client.ts";
import type { GivenCredential } from "../../credential/credential-form.tsx";
import { type ActivityEntry, readEntry } from "./activity-entry.ts";

// Entries that come within so many milliseconds are drawn together.
const togetherMs = 60;

/**
 * Read a log and follow it until `signal` is aborted. Resolves when the broker
 * ends it.
 *
 * @throws ConnectError
 */
export async function followLog(
  account: string,
  credential: GivenCredential | undefined,
  signal: AbortSignal,
  onEntries: (entries: readonly ActivityEntry[]) => void,
): Promise<void> {
  let batch: ActivityEntry[] = [];
  const flush = () => {
    const entries = batch;
    batch = [];
    if (!signal.aborted && entries.length > 0) onEntries(entries);
  };
  try {
    for await (const told of ownerClient(ActivityService).listActivity(
      { account, follow: true, ...(credential && { credential }) },
      { signal },
    )) {
      if (batch.length === 0) window.setTimeout(flush, togetherMs);
      batch.push(readEntry(told));
    }
  } finally {
    flush();
  }
}

/** All that a log holds now, with a credential for this call alone. @throws ConnectError */
export async function readLog(
  account: string,
  credential: GivenCredential,
): Promise<readonly ActivityEntry[]> {
  const entries: ActivityEntry[] = [];
  for await (const told of ownerClient(ActivityService).listActivity({
    account,
    credential,
  })) {
    entries.push(readEntry(told));
  }
  return entries;
}
