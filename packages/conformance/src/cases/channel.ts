// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { BrokerService } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import { pathOf } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, refused, served, that } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";
import { ControlError } from "../control/control.ts";
import {
  canUseNetworkNamespace,
  inNetworkNamespace,
} from "../environment/network-namespace.ts";
import {
  connectInNetwork,
  listeningSockets,
  type NetworkSocket,
} from "../environment/network-sockets.ts";
import {
  type BrokerStart,
  ImplementationError,
} from "../implementation/broker-process.ts";
import { openHttp1, openHttp2 } from "../wire/exchange.ts";
import { flavours } from "../wire/flavour.ts";

// Some need long to start on a machine that is busy: what is refused is refused before.
const startMs = 30_000;

/** Work with a broker that may as well refuse to start, or to serve; whether it served. */
async function mayServe(
  world: World,
  start: Partial<BrokerStart>,
  work: (its: World) => Promise<void>,
): Promise<boolean> {
  try {
    await world.elsewhere({ startMs, ...start }, work);
    return true;
  } catch (error) {
    const refused =
      error instanceof ImplementationError || error instanceof ControlError;
    if (!refused) throw error;
    return false;
  }
}

/** Which file this is, whatever it is called. */
function fileAt(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? "nothing" : `${found.dev}:${found.ino}`;
}

/** Fails when BrokerService answers there, in any flavour. */
async function servesNoBroker(
  world: World,
  pid: number | "self",
  socket: NetworkSocket,
): Promise<void> {
  const { request } = BrokerService.method;
  const message = create(request.input, {
    account: world.acct1.id,
    operation: read(world.item("i1")),
  });
  for (const way of flavours) {
    const pipe = connectInNetwork(pid, socket);
    const exchange = way.http === 2 ? openHttp2(pipe) : openHttp1(pipe);
    const received = await exchange.send({
      path: pathOf(request),
      headers: way.headers(undefined),
      body: way.write(request.input, message),
      signal: AbortSignal.timeout(5_000),
    });
    exchange.close();
    pipe.destroy();
    const answer = way.read(request.output, received);
    world.scan(answer.body);
    // Any answer of the protocol is one too many, a refusal as well.
    const isProtocol =
      answer.kind === "served" ||
      (answer.kind === "refused" && answer.reason !== undefined);
    that(
      `BrokerService is not on the network (${way.name})`,
      !isProtocol,
      `it is at port ${socket.port}`,
    );
  }
}

/** What a signal and a new start leave of a grant: nothing. */
function grantEndsBy(
  signal: "SIGTERM" | "SIGKILL",
  before: (world: World) => Promise<void> = async () => {},
): Omit<Case, "needs"> {
  return {
    async run(world) {
      const caller = await world.granted();
      await hasAuthority("Request before the restart", world, caller);
      await before(world);
      await world.restart(signal);
      const on = await caller.link();
      await hasNoAuthority("Request after the restart", world, caller, on);
    },
  };
}

/** The endpoint, and what is left when the broker ends. */
export const channelCases: Cases = {
  "no-network": {
    async run(outside) {
      const isApart = canUseNetworkNamespace() === undefined;
      const key = ({ address, port }: NetworkSocket) => `${address} ${port}`;
      const before = new Set(listeningSockets("self").map(key));
      const start = isApart ? { within: inNetworkNamespace } : {};
      await outside.elsewhere(start, async (world) => {
        const { pid } = world.broker;
        const caller = await world.caller();
        const asked = caller.authorize();
        // A surface may be on loopback while it shows something.
        const [prompt] = await world.user.pending();
        const sockets = isApart
          ? listeningSockets(pid)
          : listeningSockets("self").filter(
              (socket) =>
                socket.uid === process.getuid?.() && !before.has(key(socket)),
            );
        for (const socket of sockets) {
          await servesNoBroker(world, isApart ? pid : "self", socket);
        }
        await world.user.decide(prompt, "approve");
        served("Authorize on the endpoint", await asked);
      });
    },
  },
  permissions: {
    async run(outside) {
      // What it leaves to the umask is not safe.
      const within: BrokerStart["within"] = (command) => [
        "sh",
        ...["-c", 'umask 0; exec "$@"', "sh"],
        ...command,
      ];
      await outside.elsewhere({ within }, async (world) => {
        await world.granted();
        const { endpoint } = world.broker;
        const found = lstatSync(endpoint);
        const folder = lstatSync(dirname(endpoint));
        that("the endpoint is a socket", found.isSocket());
        equal("mode of the endpoint", modeOf(found), "600");
        equal("mode of its folder", modeOf(folder), "700");
        equal("owner of the endpoint", found.uid, process.getuid?.());
        equal("owner of its folder", folder.uid, process.getuid?.());
      });
    },
  },
  "symlink-at-endpoint": {
    async run(world) {
      const text = "a file of the user";
      const file = join(world.folder, "file");
      writeFileSync(file, text);
      const nowhere = join(world.folder, "nowhere");
      const decoy = join(world.folder, "decoy.sock");
      const server = createServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.listen(decoy, resolve));
      const identity = fileAt(decoy);
      try {
        for (const [index, target] of [file, nowhere, decoy].entries()) {
          const folder = join(world.folder, `run${index}`);
          mkdirSync(folder, { mode: 0o700 });
          const endpoint = join(folder, "broker.sock");
          symlinkSync(target, endpoint);
          await mayServe(world, { endpoint }, async (its) => {
            await its.granted();
            const found = lstatSync(endpoint);
            that("the endpoint is a socket, not a link", found.isSocket());
          });
          equal("the file", readFileSync(file, "utf8"), text);
          that("nothing was made where a link points", !existsSync(nowhere));
          equal("the other socket", fileAt(decoy), identity);
        }
      } finally {
        server.close();
      }
    },
  },
  "second-broker": {
    async run(world) {
      const { endpoint, home } = world.broker;
      const caller = await world.granted();
      const identity = fileAt(endpoint);
      const firstServes = async (when: string) => {
        equal(`the endpoint ${when}`, fileAt(endpoint), identity);
        const on = await caller.link();
        await hasAuthority(`Request ${when}`, world, caller, on);
      };
      // One that would have the same files: it is started, no more.
      const twin = world.broker.another({ endpoint, home, startMs });
      try {
        await twin.start().catch((error: unknown) => {
          if (!(error instanceof ImplementationError)) throw error;
        });
        await firstServes("beside a second broker");
      } finally {
        await twin.remove();
      }
      await firstServes("after the second broker");
      await mayServe(world, { endpoint }, async () => {
        await firstServes("beside a broker with a home of its own");
      });
      await firstServes("after a broker with a home of its own");
    },
  },
  "stale-endpoint": {
    async run(world) {
      await world.restart("SIGKILL");
      const caller = await world.caller();
      const answer = await caller.request(read(world.item("i1")));
      refused("Request after the restart", answer, "unauthenticated");
    },
  },
  "restart-no-session": grantEndsBy("SIGTERM"),
  "restart-crash-no-session": grantEndsBy("SIGKILL"),
  "restart-clock": {
    needs: { control: [Capability.VIRTUAL_CLOCK] },
    ...grantEndsBy("SIGTERM", (world) => world.time.advance(1_000)),
  },
  "graceful-stop": {
    async run(world) {
      const caller = await world.granted();
      const stranger = await world.caller();
      const hasGates = world.described.capabilities.includes(Capability.GATES);
      const gate = hasGates
        ? await world.closeGate(GatePoint.BEFORE_RESPONSE)
        : undefined;
      const item = world.item("i1");
      const requests = [caller.request(read(item)), caller.request(read(item))];
      await gate?.held(requests.length);
      const asked = stranger.authorize();
      await world.user.pending();
      const end = await world.broker.kill("SIGTERM");
      that("it ends when it is asked to", end !== "SIGKILL", "it was killed");
      notServed("Authorize that nobody decided", await asked);
      for (const request of requests) {
        const answer = await request;
        if (answer.kind === "served") readsValue("Request", answer, item);
        // What is not served is not there in part either.
        else world.scan(answer.body);
      }
      await world.restart("SIGKILL");
      const on = await caller.link();
      await hasNoAuthority("Request after the restart", world, caller, on);
    },
  },
};

function modeOf({ mode }: { readonly mode: number }): string {
  return (mode & 0o777).toString(8);
}
