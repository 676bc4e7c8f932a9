// SPDX-License-Identifier: Apache-2.0
import type { PeerBinding } from "../peer/binding.ts";
import { ChannelError } from "./channel-error.ts";

const firstDescriptor = 3;
const variables = [
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  "LISTEN_PID",
  "LISTEN_PIDFDID",
];

/** Name that the socket unit gives the owner's socket (FileDescriptorName). */
export const ownerSocketName = "owner";

/** A listening socket that the service manager made; its file belongs to the manager. */
export interface ActivatedSocket {
  readonly descriptor: number;
  /** What it is bound to, as the kernel says. */
  readonly path: string;
}

/**
 * The owner's socket, if systemd started this process with it; undefined when
 * it was started otherwise. The owner's socket alone may come that way
 * (decisions 15): programs are served while the integration is on, by a
 * socket of our own. What systemd says is taken out of the environment, so
 * that no program we start believes it is for it.
 *
 * @throws ChannelError `socket-unsafe` when anything else was handed over: a
 * second descriptor, one of another name, or no listening Unix stream socket
 * (T60).
 */
export function takeOwnerSocket(
  environment: Record<string, string | undefined>,
  ownPid: number,
  binding: Pick<PeerBinding, "listeningPath">,
): ActivatedSocket | undefined {
  const count = environment["LISTEN_FDS"];
  const names = environment["LISTEN_FDNAMES"];
  const isForUs = environment["LISTEN_PID"] === String(ownPid);
  for (const name of variables) delete environment[name];
  if (!isForUs || count === undefined || count === "0") return undefined;
  if (count !== "1" || names !== ownerSocketName) {
    throw refused(
      `systemd may hand over one socket, named ${ownerSocketName}: check the socket unit (one ListenStream, FileDescriptorName=${ownerSocketName})`,
    );
  }
  const path = binding.listeningPath(firstDescriptor);
  if (path === undefined) {
    throw refused(
      "what systemd handed over is not a listening Unix stream socket: check the socket unit (ListenStream with a path, Accept=no)",
    );
  }
  return { descriptor: firstDescriptor, path };
}

function refused(message: string): ChannelError {
  return new ChannelError("socket-unsafe", message);
}
