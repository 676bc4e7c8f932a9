// SPDX-License-Identifier: Apache-2.0
import { lstatSync, type Stats } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { CommandError, exitCodes } from "../exit.ts";

/** What to do where nobody listens. */
export const startHint = "Start it with: assent broker run";

/**
 * Connect to a broker's socket, after making sure that nobody else can have
 * put it there (SDK-001, T13): its directory is a real one, of the user and
 * closed to others; so is the socket; and it is the same socket afterwards. No
 * byte is sent before.
 *
 * @throws CommandError (3)
 */
export async function connectChecked(
  path: string,
  userId: number,
): Promise<Socket> {
  checkPlace(dirname(path), userId, "directory");
  const before = checkPlace(path, userId, "socket");
  const socket = await open(path);
  const after = checkPlace(path, userId, "socket");
  if (before.ino !== after.ino || before.dev !== after.dev) {
    socket.destroy();
    throw notTrusted(path, "it was replaced meanwhile");
  }
  return socket;
}

function checkPlace(
  path: string,
  userId: number,
  kind: "directory" | "socket",
): Stats {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) throw notRunning(path);
  if (kind === "directory" ? !facts.isDirectory() : !facts.isSocket()) {
    throw notTrusted(path, `it is not a ${kind}`);
  }
  if (facts.uid !== userId) {
    throw notTrusted(path, "it belongs to another user");
  }
  if ((facts.mode & 0o077) !== 0) {
    throw notTrusted(path, "others may use it");
  }
  return facts;
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const gone = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      reject(
        gone
          ? notRunning(path)
          : new CommandError(
              exitCodes.unreachable,
              `The broker at ${path} cannot be reached (${error.code}).`,
            ),
      );
    });
  });
}

function notRunning(path: string): CommandError {
  return new CommandError(
    exitCodes.unreachable,
    `Assent is not running: nobody listens at ${path}.`,
    startHint,
  );
}

function notTrusted(path: string, why: string): CommandError {
  return new CommandError(
    exitCodes.unreachable,
    `${path} cannot be trusted: ${why}. Nothing was sent to it.`,
    "It has to belong to you and to be closed to others (directory 0700, socket 0600).",
  );
}
