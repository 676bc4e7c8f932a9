// SPDX-License-Identifier: Apache-2.0
import { type Random, systemRandom } from "../crypto/random.ts";
import type { ActivityLog } from "./activity.ts";
import { openChainedLog } from "./chained-log.ts";
import { sealedBodies } from "./sealed-body.ts";
import type { Quotas } from "./tally.ts";

/*
 * What an account's log withstands, and what not. Who has the file and no key
 * sees how many entries there are, of which class, on which day, and roughly
 * how long; nothing of what they tell (T57). Who takes over the broker finds
 * no key of an earlier entry. An entry that was changed, moved, taken out of
 * the middle or dropped from the old end is told when the log is read.
 *
 * The public key alone writes, and anybody may know it. So who can write to
 * the file can cut off its newest end while no broker runs, put back an older
 * copy, delete it, or add segments of their own: the log speaks against
 * programs that were let in, not against the user's own account being taken
 * over.
 */

/** What an account's log is opened with. */
export interface ActivityLogOptions {
  readonly file: string;
  readonly accountId: string;
  /** The log key's public half: X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly random?: Random;
  readonly quotas?: Quotas;
}

/** Open the log of an account, locked or not. @throws ActivityError */
export function createActivityLog(options: ActivityLogOptions): ActivityLog {
  const { file, accountId, publicKey, random = systemRandom } = options;
  return openChainedLog({
    file,
    name: `account/${accountId}`,
    bodies: sealedBodies({ accountId, publicKey, random }),
    quotas: options.quotas,
  });
}
