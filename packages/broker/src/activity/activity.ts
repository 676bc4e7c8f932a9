// SPDX-License-Identifier: Apache-2.0

/**
 * What is written down. Names are already made safe to show; never a value.
 *
 * The log itself adds: `repeated` to an event, so many more of it in the same
 * minute; `omitted` with `of` and `count`, what was beyond its quota; `pruned`,
 * what was dropped for its age.
 */
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

/**
 * Why a log cannot be used. `storage`: the disk is full, read-only, gone.
 * `corrupt`: something in it was changed, reordered or taken out.
 * `unsafe`: the file is a link, another user's, or open to others.
 * `busy`: another process has it open. `wrong-key`: it was sealed to another
 * key. `invalid`: the event is not plain JSON. `closed`: it was closed here.
 */
export type ActivityFailure =
  | "storage"
  | "corrupt"
  | "unsafe"
  | "busy"
  | "wrong-key"
  | "invalid"
  | "closed";

/**
 * The log could not be written: nothing may be released (decisions 11, T36).
 * Or it could not be read. The message says what to do, and nothing of an entry.
 */
export class ActivityError extends Error {
  override readonly name = "ActivityError";
  readonly failure: ActivityFailure;
  constructor(failure: ActivityFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** The public half of an account's log key is enough to write; the private half, to read. */
export interface ActivityLog {
  /**
   * Append; returns once stored. What a program can cause at will has a quota
   * and is counted beyond it (`tally.ts`); everything else always has room.
   *
   * @throws ActivityError
   */
  append(event: ActivityEvent, atMs: number): void;
  /**
   * Newest first, read as it is iterated: the key is not copied and must stay
   * whole meanwhile. The broker's own log needs none. Entries that do not
   * verify end the listing with an ActivityError.
   */
  read(privateKey: Uint8Array): Iterable<ActivityEntry>;
  /**
   * Called with each entry that is stored. Returns how to stop. A listener
   * that throws is dropped: the entry is stored all the same.
   */
  follow(listener: (entry: ActivityEntry) => void): () => void;
  /**
   * Drop what is older, by whole days (UTC): what is younger is kept, what is
   * kept is at most a day older. The chain stays verifiable.
   *
   * @throws ActivityError
   */
  prune(beforeMs: number): void;
  /** Store what was only counted so far, and close the file. */
  close(): void;
}
