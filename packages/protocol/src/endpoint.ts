// SPDX-License-Identifier: Apache-2.0

/** Where a broker keeps its data, its run files and its two sockets (Unix). */
export interface Places {
  /** Accounts, settings and logs. */
  readonly dataDirectory: string;
  /** Sockets and the lock file; 0700. */
  readonly runtimeDirectory: string;
  /** The broker channel; exists only while the integration is on. */
  readonly brokerSocket: string;
  /** The owner channel, beside it. */
  readonly ownerSocket: string;
}

/** What the choice of places depends on; all from the operating system. */
export interface PlaceFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home directory, absolute. */
  readonly homeDirectory: string;
  /** Numeric user id. */
  readonly userId: number;
  /** Whether the path is a real directory (no link) that the user owns. */
  readonly isOwnDirectory: (path: string) => boolean;
  /** `--home DIR`; wins over ASSENT_HOME. */
  readonly home?: string | undefined;
  /** False for commands that take a credential: ASSENT_HOME and ASSENT_ENDPOINT are ignored. */
  readonly useEnvironmentOverrides?: boolean;
}

const brokerName = "broker.sock";
const ownerName = "owner.sock";

/**
 * Where to find the broker: `--home`, else ASSENT_HOME, else the XDG
 * directories. ASSENT_ENDPOINT names the broker's socket alone. Nothing is
 * read or made here; owner and mode are checked by whoever opens a path
 * (CHN-002, SDK-001, SDK-012: there is one answer and no fallback).
 *
 * @throws RangeError when a path is not absolute or too long for a socket, or
 * when the broker's socket would be the owner's.
 */
export function locatePlaces(facts: PlaceFacts): Places {
  const env = facts.environment;
  const overrides = facts.useEnvironmentOverrides ?? true;
  const home =
    facts.home ?? (overrides ? present(env["ASSENT_HOME"]) : undefined);
  const dataDirectory =
    home ??
    `${present(env["XDG_DATA_HOME"]) ?? `${facts.homeDirectory}/.local/share`}/assent`;
  const runtimeDirectory =
    home === undefined ? defaultRuntimeDirectory(facts) : `${home}/run`;
  const endpoint =
    facts.home === undefined && overrides
      ? present(env["ASSENT_ENDPOINT"])
      : undefined;
  const brokerSocket = endpoint ?? `${runtimeDirectory}/${brokerName}`;
  const directory = brokerSocket.slice(0, brokerSocket.lastIndexOf("/"));
  const places: Places = {
    dataDirectory,
    runtimeDirectory: endpoint === undefined ? runtimeDirectory : directory,
    brokerSocket,
    ownerSocket: `${directory}/${ownerName}`,
  };
  const paths = [
    places.dataDirectory,
    places.brokerSocket,
    places.runtimeDirectory,
  ];
  for (const path of paths) {
    if (!path.startsWith("/")) {
      throw new RangeError(
        `not an absolute path: ${path}; HOME, ASSENT_HOME, ASSENT_ENDPOINT, XDG_DATA_HOME and XDG_RUNTIME_DIR have to begin with /`,
      );
    }
  }
  if (places.brokerSocket === places.ownerSocket) {
    throw new RangeError(
      `this is where the owner's socket is: ${places.ownerSocket}`,
    );
  }
  for (const path of [places.brokerSocket, places.ownerSocket]) {
    if (new TextEncoder().encode(path).length > socketPathBytes) {
      throw new RangeError(
        `the path of the socket is longer than ${socketPathBytes} bytes: ${path}; use a shorter one, with --home or ASSENT_HOME`,
      );
    }
  }
  return places;
}

/** Longest path a Unix socket can be bound to on every system we support. */
export const socketPathBytes: number = 103;

function defaultRuntimeDirectory(facts: PlaceFacts): string {
  const xdg = present(facts.environment["XDG_RUNTIME_DIR"]);
  if (xdg !== undefined) return `${xdg}/assent`;
  const run = `/run/user/${facts.userId}`;
  if (facts.isOwnDirectory(run)) return `${run}/assent`;
  return `${facts.homeDirectory}/.local/state/assent/run`;
}

// An empty variable counts as unset, as the XDG specification says.
function present(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
