// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { expect, it } from "vitest";
import { bindLoopback } from "./loopback.ts";

/** A server that says so of each try to listen. */
function listening(before: (host: string, port: number) => Promise<void>) {
  return (): Server => {
    const server = createServer();
    const listen = server.listen.bind(server);
    server.listen = ((where: { host: string; port: number }) => {
      void before(where.host, where.port).then(() => listen(where));
      return server;
    }) as typeof server.listen;
    return server;
  };
}

it("gives a port up of which somebody else has the other half (T40)", async () => {
  const thief = createTcpServer();
  let stolen = 0;
  const loopback = await bindLoopback(
    listening(async (host, port) => {
      if (host !== "::1" || stolen !== 0) return;
      stolen = port;
      thief.listen({ host: "::1", port, ipv6Only: true });
      await once(thief, "listening");
    }),
  );
  expect(stolen).toBe((thief.address() as AddressInfo).port);
  expect(loopback.port).not.toBe(stolen);
  expect(loopback.addresses).toEqual(["127.0.0.1", "::1"]);
  // Nothing of the first try is left.
  const free = createTcpServer().listen({ host: "127.0.0.1", port: stolen });
  await once(free, "listening");
  free.close();
  thief.close();
  await loopback.close();
});

it("takes 127.0.0.1 alone where there is no ::1, and fails at anything else", async () => {
  const failing = (code: string) => () => {
    const server = createServer();
    const listen = server.listen.bind(server);
    server.listen = ((where: { host: string }) => {
      if (where.host !== "::1") return listen(where);
      const error = Object.assign(new Error(code), { code });
      queueMicrotask(() => server.emit("error", error));
      return server;
    }) as typeof server.listen;
    return server;
  };
  const loopback = await bindLoopback(failing("EADDRNOTAVAIL"));
  expect(loopback.addresses).toEqual(["127.0.0.1"]);
  await loopback.close();
  await expect(bindLoopback(failing("EACCES"))).rejects.toThrow("EACCES");
  await expect(bindLoopback(failing("EADDRINUSE"))).rejects.toThrow(
    "no port is free",
  );
});
