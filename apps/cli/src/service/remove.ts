// SPDX-License-Identifier: Apache-2.0
import { type Io, writeLine } from "../io.ts";
import type { InstallOptions } from "./install.ts";
import { deleteUnits, refuseForeign, unitsFor } from "./installation.ts";
import { findUserManager } from "./systemctl.ts";
import { serviceUnit, socketUnit } from "./unit-files.ts";

/**
 * Stop the broker, and remove the units that we wrote. Data stays.
 *
 * @throws CommandError
 */
export async function removeService(
  io: Io,
  options: InstallOptions,
): Promise<void> {
  const units = unitsFor(io, options.home);
  refuseForeign(units, options.force === true);
  const manager = findUserManager(io);
  for (const unit of [socketUnit, serviceUnit]) {
    if (manager?.show(unit)["LoadState"] === "loaded") {
      manager.do("disable", "--now", unit);
    }
  }
  const removed = deleteUnits(units);
  manager?.do("daemon-reload");
  await writeLine(
    io.stdout,
    removed
      ? "The service is removed. Your accounts and secrets are where they were."
      : "There was no service to remove.",
  );
}
