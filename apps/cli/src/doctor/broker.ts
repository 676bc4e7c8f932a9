// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from "node:fs";
import type { Places } from "@assent/protocol";
import { toCommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { startHint } from "../owner/endpoint.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";
import {
  findServiceState,
  patienceMs,
  type ServiceState,
} from "../service/state.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { lockHolder } from "./lock.ts";

/** The broker, if one runs, and the service. A broker that does not run is not started. */
export async function lookAtBroker(
  io: Io,
  options: HomeOptions,
  places: Places,
  ownVersion: string,
): Promise<Finding[]> {
  const service = await findServiceState(io, options);
  const isWaiting = service.socket === "active" && service.pid === undefined;
  return [
    isWaiting
      ? ok("Broker", "does not run; systemd starts it at the first call")
      : await lookAtRunning(io, options, places, ownVersion),
    lookAtService(service),
  ];
}

async function lookAtRunning(
  io: Io,
  options: HomeOptions,
  places: Places,
  ownVersion: string,
): Promise<Finding> {
  const holder = lockHolder(places);
  try {
    const { brokerPid, brokerVersion, settings } = await withOwner(
      io,
      options,
      (owner) => owner.settings.getSettings({}, { timeoutMs: patienceMs }),
    );
    const serves = `process ${brokerPid}, version ${brokerVersion}`;
    if (holder !== brokerPid) {
      return problem(
        "Broker",
        `${serves}, answers; ${holder === undefined ? "nobody" : `process ${holder}`} holds its directory`,
        "Stop both, and start one.",
      );
    }
    if (settings?.integrationEnabled && !isThere(places.brokerSocket)) {
      return problem(
        "Broker",
        `${serves}; the integration is on, but programs have no socket`,
        "Turn it on again with: assent integration on",
      );
    }
    return brokerVersion === ownVersion
      ? ok("Broker", serves)
      : warning(
          "Broker",
          `${serves}; this is ${ownVersion}`,
          "Start the broker again.",
        );
  } catch (error) {
    const { message, hint } = toCommandError(error);
    if (holder !== undefined) {
      return problem(
        "Broker",
        `process ${holder} holds the directory and does not answer: ${message}`,
        `End it, then start a broker: kill ${holder}`,
      );
    }
    return hint === startHint
      ? warning("Broker", "does not run", startHint)
      : problem("Broker", message, hint);
  }
}

function lookAtService({ installed, manager, enabled, service }: ServiceState) {
  const about = "Service";
  const renew = "Renew it with: assent service install";
  if (installed === "no") return ok(about, "not installed");
  if (installed === "foreign") {
    return warning(about, "its units were written by somebody else");
  }
  if (installed === "changed") {
    return warning(about, "of another program, version or home", renew);
  }
  if (!manager)
    return warning(about, "installed, but no systemd runs for you here");
  if (service === "failed") {
    return problem(
      about,
      "it failed",
      "See why with: journalctl --user --unit assent-broker",
    );
  }
  return enabled
    ? ok(about, `installed and ${service}`)
    : warning(about, "installed, but not started at login", renew);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
