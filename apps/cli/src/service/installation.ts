// SPDX-License-Identifier: Apache-2.0
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes, usageError } from "../exit.ts";
import type { Io } from "../io.ts";
import { findPlaces } from "../places.ts";
import { marker, type UnitFile, unitFiles } from "./unit-files.ts";

/** What stands where a unit of ours belongs. */
export type Standing = "absent" | "ours" | "same" | "foreign";

/** The units for this user, this home, and the program that runs now. */
export function unitsFor(io: Io, home: string | undefined): UnitFile[] {
  const chosen = home ?? presentIn(io, "ASSENT_HOME");
  const facts = {
    places: findPlaces(io, chosen),
    command: [process.execPath, realpathSync(process.argv[1] ?? "")],
    home: chosen === undefined ? undefined : resolve(chosen),
    dataHome: presentIn(io, "XDG_DATA_HOME"),
  };
  try {
    return unitFiles(facts, unitDirectory(io));
  } catch (error) {
    if (error instanceof RangeError) throw usageError(`${error.message}.`);
    throw error;
  }
}

/** @throws CommandError (2) when the environment names a socket: a service has no use for it */
export function refuseEndpoint(io: Io, home: string | undefined): void {
  if (home !== undefined || presentIn(io, "ASSENT_ENDPOINT") === undefined) {
    return;
  }
  throw usageError(
    "ASSENT_ENDPOINT is set, and a service has no use for it.",
    "Unset it, or say --home DIR.",
  );
}

/** Where systemd looks for units of the user. */
function unitDirectory(io: Io): string {
  const config =
    presentIn(io, "XDG_CONFIG_HOME") ?? join(io.homeDirectory, ".config");
  return join(config, "systemd", "user");
}

/** What is there now. */
export function standing({ path, text }: UnitFile): Standing {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "absent";
  if (!stats.isFile()) return "foreign";
  const now = readFileSync(path, "utf8");
  if (now === text) return "same";
  return now.startsWith(`${marker}\n`) ? "ours" : "foreign";
}

/** @throws CommandError when one of the files is not ours; with `force`, never */
export function refuseForeign(
  units: readonly UnitFile[],
  force: boolean,
): void {
  const foreign = units.find((unit) => standing(unit) === "foreign");
  if (foreign === undefined || force) return;
  throw new CommandError(
    exitCodes.failed,
    `${makeSafe(foreign.path)} was not written by assent service install; nothing was changed.`,
    "Move it away, or say --force to replace it.",
  );
}

/** Write what is not there yet; whether anything was. Whoever looks meanwhile sees the old or the new. */
export function writeUnits(units: readonly UnitFile[]): boolean {
  const wanted = units.filter((unit) => standing(unit) !== "same");
  for (const { path, text } of wanted) {
    mkdirSync(dirname(path), { recursive: true });
    const beside = `${path}.new`;
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { flag: "wx", mode: 0o644 });
    renameSync(beside, path);
  }
  return wanted.length > 0;
}

/** Remove what is there; whether anything was. */
export function deleteUnits(units: readonly UnitFile[]): boolean {
  const there = units.filter((unit) => standing(unit) !== "absent");
  for (const { path } of there) unlinkSync(path);
  return there.length > 0;
}

function presentIn(io: Io, name: string): string | undefined {
  const value = io.environment[name];
  return value === "" ? undefined : value;
}
