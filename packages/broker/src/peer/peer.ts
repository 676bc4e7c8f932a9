// SPDX-License-Identifier: Apache-2.0

/** Why the process behind a connection may no longer be answered. */
export type PeerEnd = "exited" | "replaced";

/**
 * One process at the other end of a channel, as the operating system reports
 * it (PRC-001). Identity is the process: all its connections and threads are
 * one peer (PRC-008), two processes never are (PRC-010, PRC-002), and an exec
 * of any kind ends it (PRC-005).
 */
export interface Peer {
  /** The broker's own number for this process, given at capture, never used again. */
  readonly number: number;
  /** Process id, for people; authority never hangs on it. */
  readonly pid: number;
  /** Names the file that runs: the same for every process of it, never a path. Undefined: not identified. */
  readonly executable: string | undefined;
  /** False: the executable cannot be determined, every call is refused (PRM-011). */
  readonly identified: boolean;
  /**
   * Undefined while the process is still the one captured, else why not.
   * Exact and cheap; called at each call, when the user answers, and before
   * secret bytes are written (PRC-012). Once ended, always ended.
   */
  verify(): PeerEnd | undefined;
  /** Keeps {@link executable} from naming another file, also when this one is removed, until disposed. Undefined: the process has ended. */
  pinExecutable(): Disposable | undefined;
  /**
   * What a prompt shows: facts as they are now, claims as they were at the
   * first look. Off the way of a Request. Rejects with `PeerEndedError` when
   * the process ended before all was read: what was read is then nobody's.
   */
  describe(): Promise<PeerDescription>;
}

/** Facts by the operating system, and claims of the program, apart. Raw text: nothing here is safe to show yet. */
export interface PeerDescription {
  readonly pid: number;
  /** Absolute path of the running executable as bytes; no " (deleted)" suffix. */
  readonly path: Uint8Array;
  readonly startedAtMs: number;
  /** User id. */
  readonly user: string;
  /** SHA-256 of the file that runs; empty when it could not be computed in time. */
  readonly executableSha256: Uint8Array;
  /** Other namespace it lives in; empty: ours. */
  readonly container: string;
  /** Name and pid of the process that traces it; empty: none. */
  readonly debugger: string;
  /** System service unit; empty: none. */
  readonly unit: string;
  /** What was found to be odd. */
  readonly signs: readonly PeerSign[];
  readonly claims: PeerClaims;
}

/** Things about a process that a user should be warned of. */
export type PeerSign =
  | "interpreter"
  | "replaced-executable"
  | "writable-location"
  | "other-namespace"
  | "debugged"
  | "injected-code"
  | "weak-identity"
  | "relay";

/** What the process says of itself; it can say anything. */
export interface PeerClaims {
  /** Script an interpreter was started with; empty: none. */
  readonly script: Uint8Array;
  readonly workingDirectory: Uint8Array;
  /** Arguments as they were at the first look, at most 4 KiB in all. */
  readonly arguments: readonly Uint8Array[];
  /** Names of the parent processes, nearest first, at most eight. */
  readonly startedBy: readonly Uint8Array[];
}
