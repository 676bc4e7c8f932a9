// SPDX-License-Identifier: Apache-2.0
import { lstatSync, type Stats } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";

/**
 * Connect to the owner socket of a broker, after making sure that nobody else
 * can have put it there (SDK-001, T13). No byte is sent before.
 *
 * @throws Error when it is not there, or cannot be trusted
 */
export async function connectOwnerSocket(path: string): Promise<Socket> {
  const directory = checkOwned(dirname(path));
  const before = checkOwned(path);
  if (!directory.isDirectory() || !before.isSocket()) throw notTrusted(path);
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve();
    });
  });
  const after = checkOwned(path);
  if (before.ino !== after.ino || before.dev !== after.dev) {
    socket.destroy();
    throw notTrusted(path);
  }
  return socket;
}

function checkOwned(path: string): Stats {
  const facts = lstatSync(path);
  const isOwn = facts.uid === process.geteuid?.();
  if (!isOwn || (facts.mode & 0o077) !== 0) throw notTrusted(path);
  return facts;
}

function notTrusted(path: string): Error {
  return new Error(`${path} cannot be trusted`);
}
