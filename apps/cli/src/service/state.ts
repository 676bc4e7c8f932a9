// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from "node:fs";
import { makeSafe } from "@assent/wording";
import { type Io, writeLine } from "../io.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";
import { findPlaces } from "../places.ts";
import { type Standing, standing, unitsFor } from "./installation.ts";
import { findUserManager } from "./systemctl.ts";
import { serviceUnit, socketUnit } from "./unit-files.ts";

/** What there is of the service. */
export interface ServiceState {
  /** All units stand where they belong; `changed`: as another program or home would have them. */
  readonly installed: "yes" | "no" | "changed" | "foreign";
  /** False: no systemd runs for this user, and nothing more is known. */
  readonly manager: boolean;
  /** Started at login. */
  readonly enabled: boolean;
  /** As systemd says, as in `active` or `failed`. */
  readonly socket: string;
  readonly service: string;
  readonly pid: number | undefined;
  /** Of the broker that runs. */
  readonly version: string | undefined;
  /** Whether the sockets exist. */
  readonly ownerSocket: boolean;
  readonly brokerSocket: boolean;
}

/** A broker that does not answer for so long is told as such. */
export const patienceMs = 3_000;

/** Look at the service. Connects only where a broker runs: a call would start it. */
export async function findServiceState(
  io: Io,
  options: HomeOptions,
): Promise<ServiceState> {
  const places = findPlaces(io, options.home);
  const manager = findUserManager(io);
  const socket = manager?.show(socketUnit) ?? {};
  const service = manager?.show(serviceUnit) ?? {};
  const isRunning = service["ActiveState"] === "active";
  const pid = Number(service["MainPID"] ?? 0);
  return {
    installed: installedAs(unitsFor(io, options.home).map(standing)),
    manager: manager !== undefined,
    enabled:
      socket["UnitFileState"] === "enabled" &&
      service["UnitFileState"] === "enabled",
    socket: socket["ActiveState"] ?? "unknown",
    service: service["ActiveState"] ?? "unknown",
    pid: isRunning && pid > 0 ? pid : undefined,
    version: isRunning ? await versionOf(io, options) : undefined,
    ownerSocket: isSocket(places.ownerSocket),
    brokerSocket: isSocket(places.brokerSocket),
  };
}

/** `assent service status`. */
export async function showService(
  io: Io,
  options: HomeOptions & JsonOptions,
): Promise<void> {
  const state = await findServiceState(io, options);
  if (options.json) return writeJson(io, state);
  const places = findPlaces(io, options.home);
  const running =
    state.pid === undefined
      ? state.service
      : `${state.service}: process ${state.pid}, Assent ${makeSafe(state.version ?? "of unknown version")}`;
  await writeTable(io, [
    ["Units", installedText[state.installed]],
    ["At login", state.enabled ? "started" : "not started"],
    ["Socket", state.socket],
    ["Broker", running],
    ["For you", socketText(places.ownerSocket, state.ownerSocket)],
    ["For programs", socketText(places.brokerSocket, state.brokerSocket)],
  ]);
  if (!state.manager) {
    await writeLine(io.stdout, "No systemd runs for you here.");
  }
}

const installedText: Readonly<Record<ServiceState["installed"], string>> = {
  yes: "installed",
  no: "not installed; install them with: assent service install",
  changed:
    "of another program, version or home; renew them with: assent service install",
  foreign: "not ours: written by somebody else",
};

function installedAs(all: readonly Standing[]): ServiceState["installed"] {
  if (all.includes("foreign")) return "foreign";
  if (all.every((each) => each === "same")) return "yes";
  return all.every((each) => each === "absent") ? "no" : "changed";
}

function socketText(path: string, isThere: boolean): string {
  return `${makeSafe(path)}${isThere ? "" : " (not there)"}`;
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

async function versionOf(
  io: Io,
  options: HomeOptions,
): Promise<string | undefined> {
  try {
    return await withOwner(io, options, async (owner) => {
      return (await owner.settings.getSettings({}, { timeoutMs: patienceMs }))
        .brokerVersion;
    });
  } catch {
    return undefined;
  }
}
