// SPDX-License-Identifier: Apache-2.0

/** What is written down. Names are already made safe to show; never a value. */
export interface ActivityEvent {
  /** Kind of event, in the past tense: "prompt-created", "prompt-shown", "prompt-denied",
   * "prompt-ended", "granted", "request", "session-ended", "account-locked",
   * "account-unlocked", "account-created", "credential-refused", "muted", … */
  readonly kind: string;
  /** Everything else, as plain JSON values: process, path, account, vault, item, cause, surface. */
  readonly [detail: string]: unknown;
}

/** A stored entry. */
export interface ActivityEntry {
  readonly sequence: bigint;
  readonly atMs: number;
  readonly event: ActivityEvent;
}

/** The log could not be written: nothing may be released (decisions 11). */
export class ActivityError extends Error {
  override readonly name = "ActivityError";
}

/** The public half of an account's log key is enough to write; the private half, to read. */
export interface ActivityLog {
  /** Append; returns once stored. Room for grants is reserved. @throws ActivityError */
  append(event: ActivityEvent, atMs: number): void;
  /** Newest first. Entries that do not verify end the listing with an error. */
  read(privateKey: Uint8Array): Iterable<ActivityEntry>;
  /** Called after each append with the event itself. Returns how to stop. */
  follow(listener: (entry: ActivityEntry) => void): () => void;
  /** Drop what is older; the chain stays verifiable. */
  prune(beforeMs: number): void;
  close(): void;
}
