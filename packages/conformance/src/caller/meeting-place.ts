// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives work a path in a folder that only we can enter, for a socket by which
 * processes find each other once; the folder is removed afterwards.
 */
export async function withMeetingPlace<T>(
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "assent-meet-"));
  try {
    return await work(join(folder, "s"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Listens there while the work is done; resolves with who came, after it. */
export async function whoComes(
  path: string,
  work: () => Promise<unknown>,
): Promise<Socket> {
  const server = createServer();
  try {
    const came = new Promise<Socket>((resolve, reject) => {
      server.once("connection", resolve);
      server.once("error", reject);
    });
    came.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await work();
    return await came;
  } finally {
    server.close();
  }
}
