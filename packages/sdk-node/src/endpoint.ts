// SPDX-License-Identifier: Apache-2.0
import { lstatSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { locatePlaces } from "@assent/protocol";
import { AssentError } from "@assent/sdk-browserless";

/**
 * Whose program this is, and where it is told to look. There is one answer:
 * nothing else is tried when nobody answers there (SDK-012).
 */
export interface EndpointFacts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** Undefined where the system has no numeric users. */
  readonly userId: number | undefined;
}

/** What the running process says of itself. */
export function processFacts(): EndpointFacts {
  return {
    environment: process.env,
    homeDirectory: homedir(),
    userId: process.geteuid?.(),
  };
}

/**
 * The path of the broker's socket: `endpoint`, else as the environment says
 * (ASSENT_ENDPOINT, ASSENT_HOME, the XDG directories).
 *
 * @throws AssentError "unsupported" on a system without Unix users,
 * "untrusted-endpoint" for what is no absolute path, such as an address of a
 * network (SDK-012)
 */
export function locateEndpoint(
  endpoint: string | undefined,
  facts: EndpointFacts,
): string {
  const userId = ownUser(facts);
  const { homeDirectory } = facts;
  const environment =
    endpoint === undefined ? facts.environment : { ASSENT_ENDPOINT: endpoint };
  if (endpoint === "") throw noPath();
  try {
    return locatePlaces({
      environment,
      homeDirectory,
      userId,
      isOwnDirectory: (path) => {
        const stats = lstatSync(path, { throwIfNoEntry: false });
        return stats?.isDirectory() === true && stats.uid === userId;
      },
    }).brokerSocket;
  } catch (error) {
    throw error instanceof RangeError ? noPath() : error;
  }
}

/**
 * Check that nobody but this user can have put a socket at `path`: it is a
 * socket of this user, itself and not a link, in a directory of this user that
 * no one else may enter. Done before each connection, so before the first byte
 * of any call on it (SDK-001, T13, T14).
 *
 * Root may do anything, and so may a program of the same user: see the accepted
 * risks.
 *
 * @throws AssentError "unavailable" when there is nothing,
 * "untrusted-endpoint" when there is something else
 */
export function checkEndpoint(path: string, facts: EndpointFacts): void {
  const userId = ownUser(facts);
  const directory = dirname(path);
  const folder = status(directory, path);
  if (!folder.isDirectory()) {
    throw untrusted(directory, "is no directory, or a link to one");
  }
  if (folder.uid !== userId) throw untrusted(directory, "is another user's");
  if ((folder.mode & 0o077) !== 0) {
    throw untrusted(directory, "is open to other users (chmod 700 closes it)");
  }
  const socket = status(path, path);
  if (!socket.isSocket()) throw untrusted(path, "is no socket");
  if (socket.uid !== userId) throw untrusted(path, "is another user's");
}

function noPath(): AssentError {
  return new AssentError(
    "untrusted-endpoint",
    "The broker's endpoint must be the absolute path of its Unix socket, short enough for one. Check ASSENT_ENDPOINT and ASSENT_HOME.",
  );
}

function ownUser({ userId }: EndpointFacts): number {
  if (userId !== undefined) return userId;
  throw new AssentError(
    "unsupported",
    "On this system the endpoint of the broker cannot be checked, so it is not used.",
  );
}

function status(path: string, socket: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw unreachable(socket, error);
  }
}

function untrusted(path: string, why: string): AssentError {
  return new AssentError(
    "untrusted-endpoint",
    `Not sent: ${path} ${why}. A broker makes its own directory; remove this one and start the broker.`,
  );
}

/** The error for a socket that could not be reached; nothing was sent. */
export function unreachable(path: string, cause: unknown): AssentError {
  const code = (cause as NodeJS.ErrnoException).code ?? "error";
  return new AssentError(
    "unavailable",
    `No broker answers at ${path} (${code}). Start it with \`assent broker run\`, or turn the integration on with \`assent integration on\`.`,
  );
}
