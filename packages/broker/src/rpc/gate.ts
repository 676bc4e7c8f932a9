// SPDX-License-Identifier: Apache-2.0

/**
 * Where a call waits for something, so that anything may happen meanwhile. A
 * test holds calls there; a broker that runs has no gates, and not even a tick
 * passes at them.
 */
export type Gate =
  /** A request is read, and judged next. */
  | "request-read"
  /** Its answer is made, and not serialized yet. */
  | "answered"
  /** Its answer is serialized; whether it may leave is judged next. */
  | "collected"
  /** What a prompt will show is gathered next. */
  | "freezing"
  /** A prompt was decided; its waiting call is answered next. */
  | "decided"
  /** A credential is checked next. */
  | "checking"
  /** A credential was right; what it was given for is done next. */
  | "checked";

/** Holds a call at a gate for as long as it likes; the process is the one that calls. */
export type AtGate = (gate: Gate, pid: number) => Promise<void>;
