// SPDX-License-Identifier: Apache-2.0
import type { PeerBinding } from "./binding.ts";
import { PlatformError } from "./platform.ts";

/**
 * Closes this process to others of the same user: no debugger, no reading of
 * its memory, no core file (T10). The first thing the daemon does, before any
 * secret exists. It cannot be undone and is not inherited by programs that
 * are started later.
 *
 * @throws PlatformError when the system refuses; the broker then does not start.
 */
export function hardenProcess(
  binding: Pick<PeerBinding, "forbidInspection" | "forbidCoreFiles">,
): void {
  try {
    binding.forbidInspection();
    binding.forbidCoreFiles();
  } catch (cause) {
    throw new PlatformError(
      "hardening",
      "the system does not let the broker close itself to debuggers",
      cause,
    );
  }
}
