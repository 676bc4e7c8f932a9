// SPDX-License-Identifier: Apache-2.0

/** Why a channel cannot be opened. */
export type ChannelFault =
  /** The runtime directory, or a directory above it, can be changed by others. */
  | "directory-unsafe"
  /** Another broker of this user holds the runtime directory. */
  | "broker-running"
  /** Something that is not a left-over of ours is at the endpoint. */
  | "endpoint-occupied"
  /** The path is longer than a socket's may be. */
  | "path-too-long"
  /** What was handed to us is open to others, or not the owner's socket at all. */
  | "socket-unsafe";

/** A channel was not opened, and nothing was removed or replaced (CHN-003). The message is one line for people. */
export class ChannelError extends Error {
  override readonly name: string = "ChannelError";
  readonly fault: ChannelFault;
  /** With `broker-running`: who holds the directory, when it says so. */
  readonly holderPid: number | undefined;

  constructor(fault: ChannelFault, message: string, holderPid?: number) {
    super(message);
    this.fault = fault;
    this.holderPid = holderPid;
  }
}
