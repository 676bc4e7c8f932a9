// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { withOwner } from "../owner/session.ts";
import { refuseForeign, writeUnits } from "./installation.ts";
import { findUserManager, type UserManager } from "./systemctl.ts";
import { serviceUnit, socketUnit, type UnitFile } from "./unit-files.ts";

/** Options of `assent service install`. */
export interface InstallOptions {
  readonly home?: string;
  readonly force?: boolean;
}

/**
 * Write the units and start them. Doing it again changes nothing, unless this
 * program or its home is another one by now: then the broker starts anew.
 *
 * @throws CommandError
 */
export async function installService(
  io: Io,
  units: readonly UnitFile[],
  options: InstallOptions,
): Promise<void> {
  refuseForeign(units, options.force === true);
  const manager = findUserManager(io);
  await refuseBesides(io, options, manager);
  const changed = writeUnits(units);
  for (const { path } of units) {
    await writeLine(
      io.stdout,
      `${changed ? "Written" : "Unchanged"}: ${makeSafe(path)}`,
    );
  }
  if (manager === undefined) {
    await writeLine(
      io.stdout,
      [
        "No systemd runs for you here, so nothing was started. Where it does:",
        "  systemctl --user daemon-reload",
        `  systemctl --user enable --now ${socketUnit} ${serviceUnit}`,
      ].join("\n"),
    );
    return;
  }
  manager.do("daemon-reload");
  if (changed) manager.do("stop", serviceUnit, socketUnit);
  manager.do("enable", "--now", socketUnit, serviceUnit);
  await writeLine(
    io.stdout,
    "Assent runs, and starts when you log in. Look after it with: assent service status",
  );
}

/** systemd would take the socket away from a broker that somebody else started. */
async function refuseBesides(
  io: Io,
  options: InstallOptions,
  manager: UserManager | undefined,
): Promise<void> {
  if (manager?.show(socketUnit)["ActiveState"] === "active") return;
  let pid: number;
  try {
    pid = await withOwner(io, options, async (owner) => {
      return (await owner.settings.getSettings({})).brokerPid;
    });
  } catch (error) {
    const isFree =
      error instanceof CommandError && error.exitCode === exitCodes.unreachable;
    if (isFree) return;
    throw error;
  }
  throw new CommandError(
    exitCodes.failed,
    `A broker is running already, as process ${pid}; nothing was changed.`,
    "Stop it (Ctrl-C where it runs), then install again.",
  );
}
