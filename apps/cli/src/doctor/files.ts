// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { Places } from "@assent/protocol";
import type { Io } from "../io.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const mebibyte = 1024 * 1024;
const leastMebibytes = 64;

/** Files that are elsewhere in truth, and so may be written by others at once. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x65735546, "FUSE"],
]);

/** Directories and files: whose they are, who else may use them, and how much room there is. */
export function lookAtFiles(
  io: Io,
  places: Places,
  settings: string | undefined,
): Finding[] {
  return [
    lookAtTree(io, "Data", places.dataDirectory),
    lookAtTree(io, "Sockets", places.runtimeDirectory),
    settings === undefined
      ? ok("Settings", "well-formed")
      : problem("Settings", settings),
    lookAtRoom(places.dataDirectory),
    lookAtEnvironment(io),
  ];
}

/** A directory, and what is directly in it and in its own directories. */
function lookAtTree(io: Io, about: string, path: string): Finding {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    return ok(about, `${path} is not there yet; the broker makes it`);
  }
  const wrong = wrongIn(path, io.userId, 2);
  return wrong === undefined
    ? ok(about, `${path} is yours alone`)
    : problem(
        about,
        wrong,
        "Find out who changed it; then: chown it to you, chmod 700 directories and 600 files.",
      );
}

function wrongIn(
  path: string,
  userId: number,
  levels: number,
): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  // It went away meanwhile.
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return `${path} is a link`;
  if (stats.uid !== userId) return `${path} belongs to another user`;
  if ((stats.mode & 0o077) !== 0) return `${path} is open to others`;
  if (!stats.isDirectory()) {
    return levels === 2 ? `${path} is not a directory` : undefined;
  }
  if (levels === 0) return undefined;
  for (const name of readdirSync(path)) {
    const wrong = wrongIn(join(path, name), userId, levels - 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function lookAtRoom(path: string): Finding {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    return ok("Room", "nothing is stored yet");
  }
  const { type, bavail, bsize } = statfsSync(path);
  const network = networkFileSystems.get(type);
  if (network !== undefined) {
    return warning(
      "Room",
      `${path} is on ${network}, where files can be changed from elsewhere`,
      "Keep it on a disk of this machine.",
    );
  }
  const free = Math.floor((bavail * bsize) / mebibyte);
  return free >= leastMebibytes
    ? ok("Room", `${free} MiB are free`)
    : warning(
        "Room",
        `${free} MiB are free; what cannot be written down is not done`,
        "Make room on that disk.",
      );
}

function lookAtEnvironment(io: Io): Finding {
  const set = ["ASSENT_HOME", "ASSENT_ENDPOINT"].filter(
    (name) => (io.environment[name] ?? "") !== "",
  );
  if (set.length > 0) {
    return warning(
      "Environment",
      `${set.join(" and ")} is set; commands that take a password ignore it`,
      "Say --home DIR instead.",
    );
  }
  return (io.environment["XDG_RUNTIME_DIR"] ?? "") !== ""
    ? ok(
        "Environment",
        `XDG_RUNTIME_DIR is ${io.environment["XDG_RUNTIME_DIR"]}`,
      )
    : warning(
        "Environment",
        "XDG_RUNTIME_DIR is not set; a broker started elsewhere may use another directory",
        "Log in with a session of your own, or say --home DIR everywhere.",
      );
}
