// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import {
  chmodSync,
  linkSync,
  lstatSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import type { Server } from "node:net";
import { dirname, join } from "node:path";
import { socketPathBytes } from "@assent/protocol";
import type { ActivatedSocket } from "./activation.ts";
import { ChannelError } from "./channel-error.ts";
import type { RuntimeDirectory } from "./runtime-directory.ts";

/** A socket file that a server listens on. */
export interface EndpointSocket {
  /** Remove the file, if it is still the one that was made. */
  remove(): void;
}

/**
 * Binds a server to a socket that only the user can reach (CHN-002).
 *
 * The socket is made under another name and then linked to its own: a link
 * never replaces or follows what is there (CHN-003), and Node, which removes
 * the name it bound when the server closes, finds nothing to remove.
 *
 * @throws ChannelError, or as the system does.
 */
export async function listenPrivately(
  server: Server,
  directory: RuntimeDirectory,
  path: string,
): Promise<EndpointSocket> {
  const bound = join(directory.path, `.${process.pid}`);
  if (dirname(path) !== directory.path) {
    throw new ChannelError(
      "directory-unsafe",
      `${path} is not in the runtime directory ${directory.path}`,
    );
  }
  for (const each of [path, bound]) {
    if (Buffer.byteLength(each) > socketPathBytes) {
      throw new ChannelError(
        "path-too-long",
        `the path of the socket is longer than ${socketPathBytes} bytes: ${each}`,
      );
    }
  }
  await directory.clear(path);
  await directory.clear(bound);
  const failed = once(server, "error");
  // Not 0177: threads of this process may be making directories meanwhile.
  const before = process.umask(0o077);
  try {
    // Binds and listens before it returns.
    server.listen(bound);
  } finally {
    process.umask(before);
  }
  if (!server.listening) throw (await failed)[0];
  const publish = (): Stats => {
    chmodSync(bound, 0o600);
    try {
      linkSync(bound, path);
    } finally {
      unlinkSync(bound);
    }
    return lstatSync(path);
  };
  try {
    const ours = publish();
    return { remove: () => removeIfSame(path, ours) };
  } catch (error) {
    server.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw error;
    throw new ChannelError("endpoint-occupied", `${path} is taken`);
  }
}

/**
 * Listens on a socket that the service manager made and opened for us; its
 * file belongs to the manager and stays.
 *
 * @throws ChannelError `socket-unsafe` when it is another one than the one at
 * `path`, or when others could reach it (CHN-002, T60).
 */
export async function listenActivated(
  server: Server,
  directory: RuntimeDirectory,
  path: string,
  activated: ActivatedSocket,
): Promise<EndpointSocket> {
  if (activated.path !== path || dirname(path) !== directory.path) {
    throw new ChannelError(
      "socket-unsafe",
      `systemd listens at ${activated.path}, but this broker belongs to ${path}: install the service again`,
    );
  }
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (
    !stats?.isSocket() ||
    stats.uid !== directory.userId ||
    (stats.mode & 0o077) !== 0
  ) {
    throw new ChannelError(
      "socket-unsafe",
      `${path} is not a socket that only its user can reach: SocketMode must be 0600`,
    );
  }
  server.listen({ fd: activated.descriptor });
  // Rejects when the error comes first.
  await once(server, "listening");
  return { remove: () => undefined };
}

function removeIfSame(path: string, ours: Stats): void {
  const now = lstatSync(path, { throwIfNoEntry: false });
  if (now?.ino === ours.ino && now.dev === ours.dev) unlinkSync(path);
}
