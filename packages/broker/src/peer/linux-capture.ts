// SPDX-License-Identifier: Apache-2.0
import { fstatSync, constants as open, readFileSync } from "node:fs";
import { constants } from "node:os";
import type { PeerBinding } from "./binding.ts";
import { HeldDescriptors } from "./held-descriptors.ts";
import {
  LinuxProcess,
  openPath,
  type ProcessFindings,
  type ProcessImage,
  stackStartOf,
} from "./linux-process.ts";
import {
  type ProcessStat,
  parsePidfdPid,
  parseProcessStat,
} from "./proc-text.ts";
import type { PeerRefusal } from "./process-capture.ts";
import { errnoOf, isExhausted, isGone } from "./system-error.ts";

/** Whose channel it is. */
export interface CaptureContext {
  readonly binding: PeerBinding;
  /** Peers of any other user are refused. */
  readonly userId: number;
  /** Our own process id: never a peer. */
  readonly ownPid: number;
}

/**
 * Who opened this connection. Everything happens in one synchronous step:
 *
 * 1. the kernel's record of the connector, frozen when it connected;
 * 2. a pidfd of that very process, even if its number was given to another
 *    since: its own number must be the recorded one;
 * 3. /proc/PID, opened once and read through that descriptor alone;
 * 4. last, the pidfd: alive now means that the number was never free, so what
 *    was read in 3 belongs to the process of 1.
 *
 * Kernels before 6.5 have no step 2. Then the directory is opened before a
 * pidfd is made by number, and must still answer afterwards; a reuse between
 * connect and accept goes unseen, and the capture says that it is weak.
 */
export function captureConnected(
  context: CaptureContext,
  socket: number,
): LinuxProcess | PeerRefusal {
  const { binding } = context;
  let acceptedMs: number;
  let pid: number;
  let userId: number;
  try {
    acceptedMs = binding.bootTimeMs();
    ({ pid, userId } = binding.peerCredentials(socket));
  } catch {
    return "unknown";
  }
  if (userId !== context.userId) return "other-user";
  if (pid <= 0) return "outside-namespace";
  if (pid === context.ownPid) return "own-process";
  return withDescriptors((held) => {
    const pidfd = pidfdOfSocket(binding, held, socket);
    if (pidfd === undefined) {
      return captureByNumber(context, held, pid, acceptedMs);
    }
    const told = parsePidfdPid(
      readFileSync(`/proc/self/fdinfo/${pidfd}`, "latin1"),
    );
    if (told !== pid) return "exited";
    // Hidden from us, if it lives: served, and refused at every call.
    const directory = whenReadable(() => openProcess(held, pid));
    return finish(context, held, { pid, pidfd, directory, weak: false });
  });
}

/** A child of ours that has not been waited for yet: its number cannot mean another. */
export function captureChild(
  context: CaptureContext,
  pid: number,
): LinuxProcess | PeerRefusal {
  return withDescriptors((held) => {
    const pidfd = held.keep(context.binding.openPidfd(pid));
    const directory = openProcess(held, pid);
    return finish(context, held, { pid, pidfd, directory, weak: false });
  });
}

function captureByNumber(
  context: CaptureContext,
  held: HeldDescriptors,
  pid: number,
  acceptedMs: number,
): LinuxProcess | PeerRefusal {
  const { binding } = context;
  const directory = openProcess(held, pid);
  const pidfd = held.keep(binding.openPidfd(pid));
  if (fstatSync(directory).uid !== context.userId) return "exited";
  const { startTicks } = readStat(directory);
  if ((startTicks * 1000) / binding.ticksPerSecond > acceptedMs)
    return "exited";
  return finish(context, held, { pid, pidfd, directory, weak: true });
}

function finish(
  context: CaptureContext,
  held: HeldDescriptors,
  pinned: Pick<ProcessFindings, "pid" | "pidfd" | "directory" | "weak">,
): LinuxProcess | PeerRefusal {
  const { binding, userId } = context;
  const { directory, pidfd } = pinned;
  let startTicks: number | undefined;
  let image: ProcessImage | undefined;
  if (directory !== undefined) {
    startTicks = whenReadable(() => readStat(directory).startTicks);
    // A process that changed its user since it connected is not identified.
    if (fstatSync(directory).uid === userId) {
      image = whenReadable(
        () => captureImage(binding, held, directory),
        isGone,
      );
    }
  }
  if (binding.hasEnded(pidfd)) return "exited";
  held.give([pidfd, directory, image?.executable, image?.token, image?.stat]);
  return new LinuxProcess(binding, { ...pinned, userId, startTicks, image });
}

function captureImage(
  binding: PeerBinding,
  held: HeldDescriptors,
  directory: number,
): ProcessImage | undefined {
  const at = `/proc/self/fd/${directory}`;
  const path = binding.readLink(directory, "exe");
  const executable = held.open(`${at}/exe`, openPath);
  const file = binding.fileKey(directory, "exe");
  const stat = held.open(`${at}/stat`, open.O_RDONLY);
  const stackStart = stackStartOf(stat);
  for (const [name, tokenLength] of imageTokens) {
    const token = whenReadable(() => held.open(`${at}/${name}`, open.O_RDONLY));
    if (token !== undefined && binding.answers(token, tokenLength)) {
      return { file, executable, token, tokenLength, stat, stackStart, path };
    }
  }
  return undefined;
}

/** The page map first: it answers for an empty environment, and touches none of the peer's pages. */
const imageTokens: readonly (readonly [string, number])[] = [
  ["pagemap", 8],
  ["environ", 1],
];

function openProcess(held: HeldDescriptors, pid: number): number {
  return held.open(`/proc/${pid}`, open.O_RDONLY | open.O_DIRECTORY);
}

/** Undefined: this kernel cannot. Throws when the process is gone. */
function pidfdOfSocket(
  binding: PeerBinding,
  held: HeldDescriptors,
  socket: number,
): number | undefined {
  try {
    return held.keep(binding.peerPidfd(socket));
  } catch (error) {
    if (errnoOf(error) === constants.errno.ENOPROTOOPT) return undefined;
    throw error;
  }
}

function readStat(directory: number): ProcessStat {
  return parseProcessStat(
    readFileSync(`/proc/self/fd/${directory}/stat`, "latin1"),
  );
}

/** Undefined when the system does not let us; running out of descriptors is no such answer, nor what `but` says. */
function whenReadable<T>(
  read: () => T,
  but: (error: unknown) => boolean = () => false,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isExhausted(error) || but(error)) throw error;
    return undefined;
  }
}

function withDescriptors(
  capture: (held: HeldDescriptors) => LinuxProcess | PeerRefusal,
): LinuxProcess | PeerRefusal {
  const held = new HeldDescriptors();
  try {
    return capture(held);
  } catch (error) {
    return isExhausted(error) ? "exhausted" : "exited";
  } finally {
    held.close();
  }
}
