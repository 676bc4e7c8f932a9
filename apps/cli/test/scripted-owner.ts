// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerHttp2Session } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

/** An owner channel that answers as a test says, on a real socket. */
export interface ScriptedOwner extends AsyncDisposable {
  /** For `--home`. */
  readonly home: string;
  readonly socket: string;
  /** Connections it ever had. */
  readonly connections: ServerHttp2Session[];
  /** Headers of the requests, in order. */
  readonly headers: Record<string, unknown>[];
}

/** Serve on the owner socket of a home of its own. */
export async function serveOwner(
  routes: (router: ConnectRouter) => void,
): Promise<ScriptedOwner> {
  const home = mkdtempSync(join(tmpdir(), "assent-cli-"));
  const socket = join(home, "run", "owner.sock");
  mkdirSync(join(home, "run"), { mode: 0o700 });
  const connections: ServerHttp2Session[] = [];
  const headers: Record<string, unknown>[] = [];
  const adapter = connectNodeAdapter({ routes });
  const server = createServer((request, response) => {
    headers.push(request.headers);
    adapter(request, response);
  });
  server.on("session", (session) => connections.push(session));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  chmodSync(socket, 0o600);
  return {
    home,
    socket,
    connections,
    headers,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(home, { recursive: true });
    },
  };
}
