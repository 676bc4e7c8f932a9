// SPDX-License-Identifier: Apache-2.0
import type { PeerDescription, PeerEnd } from "./peer.ts";

/** Why a connection is closed before a byte of it is read. */
export type PeerRefusal =
  /** Of another user (PRC-009). */
  | "other-user"
  /** Its process id means nothing here: it lives outside our PID namespace. */
  | "outside-namespace"
  /** Ourselves: the end of a socket pair, or a connection to our own channel. */
  | "own-process"
  /** The process that connected is gone (PRC-006). */
  | "exited"
  /** The system tells nothing about the other end. */
  | "unknown"
  /** Too many processes at once, or too few descriptors left. */
  | "exhausted";

/**
 * One look at one process, pinned: later it can be told whether that process
 * still runs that image, whatever became of its process id.
 */
export interface ProcessCapture {
  readonly pid: number;
  /** False: its executable cannot be determined (PRM-011). */
  readonly identified: boolean;
  /** See `Peer.executable`. */
  readonly executable: string | undefined;
  /** See `Peer.pinExecutable`. */
  pinExecutable(): Disposable | undefined;
  /** Undefined while process and image are the captured ones; ended is for ever. */
  verify(): PeerEnd | undefined;
  /** Whether another capture, made while this one still verified, is of the same process and image. */
  isSame(other: ProcessCapture): boolean;
  /** Keys of the process and its ancestors, itself first; equal keys are the same process. */
  lineage(): readonly string[];
  /** @throws PeerEndedError when the process ended meanwhile. */
  describe(): Promise<PeerDescription>;
  /** Free what pins the process; {@link verify} then says that it ended. */
  close(): void;
}

/** Makes captures; one for each operating system. */
export interface ProcessSource {
  /** Processes that can be pinned at once, with descriptors to spare. */
  readonly capacity: number;
  /** The process that opened a connection; synchronous, before anything is read from it. */
  capture(socket: number): ProcessCapture | PeerRefusal;
  /** A child of ours, in the same step in which it was started. */
  captureChild(pid: number): ProcessCapture | PeerRefusal;
  /** Marks, in one look, which of its captures have exited. */
  look(captures: readonly ProcessCapture[]): void;
}

/** A process ended while it was looked at: nothing that was read may be shown. */
export class PeerEndedError extends Error {
  override readonly name: string = "PeerEndedError";
  readonly end: PeerEnd;

  constructor(end: PeerEnd) {
    super(
      end === "exited"
        ? "the process has exited"
        : "the process runs another image now",
    );
    this.end = end;
  }
}
