// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { testWith } from "../caller/native-caller.fixture.ts";
import {
  canUseNetworkNamespace,
  inNetworkNamespace,
} from "./network-namespace.ts";
import { connectInNetwork, listeningSockets } from "./network-sockets.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

async function listenAt(address: string): Promise<number> {
  server = createServer((socket) => socket.pipe(socket));
  server.listen(0, address);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function echo(...where: Parameters<typeof connectInNetwork>) {
  const pipe = connectInNetwork(...where);
  pipe.write("there and back");
  const [bytes] = await once(pipe, "data");
  pipe.destroy();
  return String(bytes);
}

const serves = `
const server = require("node:net").createServer((socket) => socket.pipe(socket));
server.listen(0, process.argv[1], () => console.log("listens"));
`;

describe("sockets of the network", () => {
  for (const [bound, reached] of [
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
  ] as const) {
    it(`finds one that listens at ${bound}, and connects to it`, async () => {
      const port = await listenAt(bound);
      const [found] = listeningSockets("self").filter(
        (one) => one.port === port,
      );
      expect(found).toEqual({
        address: reached,
        port,
        uid: process.getuid?.(),
      });
      if (found) expect(await echo("self", found)).toBe("there and back");
      server?.close();
      await once(server as Server, "close");
      expect(listeningSockets("self").map((one) => one.port)).not.toContain(
        port,
      );
    });
  }

  testWith(
    canUseNetworkNamespace(),
    "finds those of another network, and only those, and connects from in there",
    async () => {
      await listenAt("127.0.0.1");
      const command = [process.execPath, "-e", serves, "127.0.0.1"] as const;
      const [program, ...args] = inNetworkNamespace(command);
      const child = spawn(program, args, {
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        await once(child.stdout, "data");
        const pid = child.pid ?? 0;
        const found = listeningSockets(pid);
        expect(found).toHaveLength(1);
        for (const one of found) {
          expect(await echo(pid, one)).toBe("there and back");
        }
      } finally {
        child.kill("SIGKILL");
      }
    },
  );
});
