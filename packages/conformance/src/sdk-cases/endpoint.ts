// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { chmodSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DriverFeature, SdkErrorKind } from "@assent/protocol/conformance";
import { equal } from "../case/check.ts";
import { failed } from "../sdk/expectation.ts";
import { startImpostor } from "../sdk/impostor.ts";
import type { SdkCases } from "../sdk/sdk-case.ts";
import type { SdkWorld } from "../sdk/sdk-world.ts";

const channel = [DriverFeature.OWNS_CHANNEL];
/** An impostor answers nothing; who waits for it need not wait long. */
const timeoutMs = 3_000;
const { UNTRUSTED_ENDPOINT, UNAVAILABLE } = SdkErrorKind;

/** A read at the broker's endpoint is refused before anything is sent. */
async function refusesIt(world: SdkWorld, what: string, endpoint?: string) {
  const { broker } = world;
  const client = await world.client(endpoint === undefined ? {} : { endpoint });
  failed(what, await client.read({ timeoutMs }), UNTRUSTED_ENDPOINT);
  equal(`${what}: bytes sent`, broker.received().length, 0);
}

/** Something that listens where a broker could be, and counts who comes. */
async function decoy(where: string | number) {
  let came = 0;
  const server = createServer((socket) => {
    came += 1;
    socket.destroy();
  });
  if (typeof where === "string") server.listen(where);
  else server.listen(where, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    came: () => came,
    close: () => server.close(),
  };
}

/** Where an SDK that opens the channel looks for the broker, and what it makes sure of. */
export const endpointCases: SdkCases = {
  "verify-endpoint-owner": {
    needs: { features: channel, machine: ["second-user"] },
    async run(world) {
      const impostor = await startImpostor(join(world.home, "other"));
      try {
        const { endpoint } = impostor;
        await refusesIt(world, "another user's folder and socket", endpoint);
        // A socket goes on working where it is moved to.
        const moved = join(world.folder, "moved.sock");
        renameSync(endpoint, moved);
        await refusesIt(world, "another user's socket in our folder", moved);
        equal("bytes it got", await impostor.received(), 0);
      } finally {
        impostor.stop();
      }
    },
  },
  "verify-endpoint-mode": {
    needs: { features: channel },
    async run(world) {
      for (const mode of [0o777, 0o1777]) {
        chmodSync(world.folder, mode);
        await refusesIt(world, `a folder of mode ${mode.toString(8)}`);
      }
    },
  },
  "verify-endpoint-symlink": {
    needs: { features: channel },
    async run(world) {
      const links = join(world.home, "links");
      mkdirSync(links, { mode: 0o700 });
      const link = join(links, "broker.sock");
      symlinkSync(world.broker.endpoint, link);
      await refusesIt(world, "a link to a socket", link);
    },
  },
  "verify-before-write-item": {
    needs: {
      features: [...channel, DriverFeature.WRITE],
      machine: ["second-user"],
    },
    async run(world) {
      const client = await world.authorized();
      const { broker, folder } = world;
      await broker.stop();
      const impostor = await startImpostor(join(world.home, "other"));
      try {
        renameSync(impostor.endpoint, broker.endpoint);
        failed(
          "write to another user's socket",
          await client.write({ timeoutMs }),
        );
        renameSync(folder, `${folder}-ours`);
        renameSync(join(world.home, "other"), folder);
        renameSync(join(`${folder}-ours`, "broker.sock"), broker.endpoint);
        failed(
          "write in another user's folder",
          await client.write({ timeoutMs }),
        );
        equal("bytes it got", await impostor.received(), 0);
      } finally {
        impostor.stop();
      }
    },
  },
  "no-fallback": {
    needs: { features: channel },
    async run(world) {
      const { home, broker } = world;
      const runtime = join(home, "runtime");
      const folders = [
        join(runtime, "assent"),
        join(home, ".local/state/assent/run"),
        join(home, "elsewhere/run"),
      ];
      for (const folder of folders) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      }
      await broker.stop();
      const network = await decoy(0);
      const decoys = [
        network,
        ...(await Promise.all(
          folders.map((folder) => decoy(join(folder, "broker.sock"))),
        )),
      ];
      try {
        const proxy = `http://127.0.0.1:${network.port}`;
        const client = await world.client({
          env: {
            XDG_RUNTIME_DIR: runtime,
            ASSENT_HOME: join(home, "elsewhere"),
            HTTP_PROXY: proxy,
            http_proxy: proxy,
            ALL_PROXY: proxy,
          },
        });
        failed("read", await client.read(), UNAVAILABLE);
        for (const each of decoys) equal("who came", each.came(), 0);
      } finally {
        for (const each of decoys) each.close();
      }
    },
  },
  "env-endpoint": {
    needs: { features: channel },
    async run(world) {
      const network = await decoy(0);
      try {
        for (const scheme of ["tcp", "http"]) {
          const ASSENT_ENDPOINT = `${scheme}://127.0.0.1:${network.port}`;
          const env = { ASSENT_ENDPOINT };
          const client = await world.client({ endpoint: "", env });
          const read = await client.read();
          failed(
            `an address of ${scheme}`,
            read,
            UNTRUSTED_ENDPOINT,
            UNAVAILABLE,
          );
        }
        equal("who came", network.came(), 0);
      } finally {
        network.close();
      }
    },
  },
};
