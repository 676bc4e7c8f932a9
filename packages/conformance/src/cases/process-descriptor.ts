// SPDX-License-Identifier: Apache-2.0
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import type { Caller, Link } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, served } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";

const needs = { nativeCaller: true } as const;

interface Passing {
  readonly world: World;
  /** It opened the connection, and was granted what it asked. */
  readonly opener: Caller;
  readonly link: Link;
}

/** A connection of a process with a grant, over which a Request was served. */
function passing(run: (passing: Passing) => Promise<void>): Case {
  return {
    needs,
    async run(world) {
      const opener = await world.granted({}, { kind: "c" });
      const [link] = opener.links;
      if (link === undefined) throw new Error("it has no connection");
      await hasAuthority("Request of the opener", world, opener, link);
      await run({ world, opener, link });
    },
  };
}

const afterExit = "Request on the connection of a process that has exited";

/** Connections in other hands. */
export const processDescriptorCases: Cases = {
  "fd-passed-parent-exits": passing(async ({ world, opener, link }) => {
    const other = await world.caller({ kind: "c" });
    await opener.process.pass(link.connection, other.process);
    await opener.process.exit();
    await hasNoAuthority(afterExit, world, opener, link);
    await hasNoAuthority("Request of its own", world, other);
  }),
  "fd-inherited-parent-exits": passing(async ({ world, opener, link }) => {
    const child = world.callerOf(await opener.process.fork());
    await child.process.take(link.connection);
    await opener.process.exit();
    await hasNoAuthority(afterExit, world, opener, link);
    await hasNoAuthority("Request of its own", world, child);
  }),
  "fd-passed-parent-alive": passing(async ({ world, opener, link }) => {
    const other = await world.caller({ kind: "c" });
    await opener.process.pass(link.connection, other.process);
    const answer = await opener.request(read(world.item("i1")), { on: link });
    notServed("Request written by another process", answer);
  }),
  // A process may act for another of its own will: no broker can tell.
  "socketpair-proxy": passing(async ({ world, opener, link }) => {
    const item = world.item("i2");
    const answer = await opener.request(read(item), { on: link });
    if (answer.kind === "served") readsValue("Request by proxy", answer, item);
  }),
  threads: {
    needs,
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      const { endpoint } = world.broker;
      const connections = await caller.process.threads(16, endpoint);
      const links = connections.map((one) => caller.linkOver(one));
      await world.user.decides("approve");
      const asked = links.map((on) => caller.authorize({ on }));
      for (const answer of await Promise.all(asked)) {
        served("Authorize of each thread", answer);
      }
      world.allow(caller, "i1");
      for (const on of links) {
        await hasAuthority("Request of each thread", world, caller, on);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
};
