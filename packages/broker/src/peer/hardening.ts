// SPDX-License-Identifier: Apache-2.0
import inspector from "node:inspector";
import type { PeerBinding } from "./binding.ts";
import { PlatformError } from "./platform.ts";

/**
 * Node opens a debugger, on the network, to whoever of the same user sends
 * SIGUSR1; with a listener of ours it does not (T10, CHN-001). To be called
 * before anything is awaited.
 */
export function ignoreDebuggerSignal(): void {
  process.on("SIGUSR1", ignore);
}

function ignore(): void {}

/**
 * Closes this process to others of the same user: no debugger, no reading of
 * its memory, no core file, and no program that it starts has more rights than
 * it (T10). The first thing the daemon does, before any secret exists. None of
 * it can be undone by others. Programs that are started later inherit the last
 * two; they can be debugged.
 *
 * @throws PlatformError when the system refuses; the broker then does not start.
 */
export function hardenProcess(
  binding: Pick<
    PeerBinding,
    "forbidInspection" | "forbidCoreFiles" | "forbidNewRights"
  >,
): void {
  if (inspector.url() !== undefined) {
    throw new PlatformError(
      "hardening",
      "a debugger is open on this process: the broker runs without one, so start it without --inspect",
    );
  }
  try {
    binding.forbidInspection();
    binding.forbidCoreFiles();
    binding.forbidNewRights();
  } catch (cause) {
    throw new PlatformError(
      "hardening",
      "the system does not let the broker close itself to debuggers",
      cause,
    );
  }
}
