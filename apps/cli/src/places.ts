// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import { locatePlaces, type Places } from "@assent/protocol";
import { usageError } from "./exit.ts";
import { type Io, writeLine } from "./io.ts";

/** Where this user's broker is, for a command that takes no credential. */
export function findPlaces(io: Io, home: string | undefined): Places {
  return locate(io, home, true);
}

/**
 * Where this user's broker is, for a command that takes a credential: the
 * environment may be poisoned, so ASSENT_HOME and ASSENT_ENDPOINT do not count
 * (T59), and one line says so.
 */
export async function findPlacesForCredential(
  io: Io,
  home: string | undefined,
): Promise<Places> {
  const ignored = ["ASSENT_HOME", "ASSENT_ENDPOINT"].filter(
    (name) => (io.environment[name] ?? "") !== "",
  );
  if (ignored.length > 0 && home === undefined) {
    await writeLine(
      io.stderr,
      `assent: ${ignored.join(" and ")} ignored, since this command takes a password; use --home DIR.`,
    );
  }
  return locate(io, home, false);
}

function locate(
  io: Io,
  home: string | undefined,
  useEnvironmentOverrides: boolean,
): Places {
  try {
    return locatePlaces({
      environment: io.environment,
      homeDirectory: io.homeDirectory,
      userId: io.userId,
      isOwnDirectory: (path) => {
        const facts = lstatSync(path, { throwIfNoEntry: false });
        return facts?.isDirectory() === true && facts.uid === io.userId;
      },
      home: home === undefined ? undefined : resolve(home),
      useEnvironmentOverrides,
    });
  } catch (error) {
    if (error instanceof RangeError) throw usageError(error.message);
    throw error;
  }
}
