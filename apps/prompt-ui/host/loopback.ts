// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The page's own name: cookies and passkeys of `localhost` are anybody's. */
export const hostName = "assent.localhost";

/** Servers on the loopback addresses, all on one port. */
export interface Loopback {
  readonly port: number;
  /** As the Host header has it. */
  readonly authority: string;
  readonly origin: string;
  /** Addresses that are bound: both, or 127.0.0.1 alone where there is no ::1. */
  readonly addresses: readonly string[];
  /** Answer requests. Nobody knows the port before. */
  serve(listener: RequestListener): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

const mostTries = 32;
const noAddress: ReadonlySet<string> = new Set([
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EINVAL",
]);

/**
 * Bind 127.0.0.1 and ::1 on one port that the system picks, before anybody can
 * know it: a browser may use either for our name, and what we do not have
 * another user could take (T40). A port of which one half is taken is given up.
 *
 * @throws Error when no port can be had
 */
export async function bindLoopback(
  createServer: () => Server,
): Promise<Loopback> {
  for (let n = 0; n < mostTries; n += 1) {
    const first = createServer();
    await listen(first, "127.0.0.1", 0);
    const { port } = first.address() as AddressInfo;
    const second = createServer();
    try {
      await listen(second, "::1", port);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (noAddress.has(code)) return loopback(port, [first]);
      await close(first);
      if (code === "EADDRINUSE") continue;
      throw error;
    }
    return loopback(port, [first, second]);
  }
  throw new Error("no port is free on both loopback addresses");
}

async function listen(server: Server, host: string, port: number) {
  server.listen({ host, port, ipv6Only: true });
  // Rejects at "error".
  await once(server, "listening");
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

function loopback(port: number, servers: readonly Server[]): Loopback {
  const authority = `${hostName}:${port}`;
  return {
    port,
    authority,
    origin: `http://${authority}`,
    addresses: servers.map(
      (server) => (server.address() as AddressInfo).address,
    ),
    serve(listener) {
      for (const server of servers) server.on("request", listener);
    },
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}
