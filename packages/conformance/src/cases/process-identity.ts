// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { Capability } from "@assent/protocol/conformance";
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import type { Cases } from "../case/case.ts";
import { equal, notServed, that } from "../case/check.ts";
import { read } from "../case/operations.ts";
import type { CallerOptions, World } from "../case/world.ts";
import { flavours } from "../wire/flavour.ts";

const exitMs = 1_000;
const exitLooks = 100;

/** Where a program could say which process it is, though nobody should listen. */
const statements = [
  "assent-pid",
  "assent-process-id",
  "assent-caller-pid",
  "x-assent-pid",
  "x-pid",
  "pid",
  "process-id",
  "x-process-id",
  "x-caller-pid",
  "x-client-pid",
  "x-peer-pid",
  "x-forwarded-pid",
];

/** Starts callers at one path, so that only their processes tell them apart. */
function samePlace(world: World): CallerOptions {
  return world.hasNativeCaller
    ? { folder: join(world.folder, "same"), name: "same" }
    : {};
}

/** Waits until a process has ended and nobody has asked how. */
async function isZombie(pid: number): Promise<void> {
  const state = () =>
    /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  while (state() !== "Z") await turn();
}

/** Who is who: by the process, and by nothing that it says or has from others. */
export const processIdentityCases: Cases = {
  "pid-stated-by-client": {
    async run(world) {
      const holder = await world.granted();
      const { pid } = holder.process;
      const liar = await world.caller();
      const headers = Object.fromEntries(
        statements.map((name) => [name, `${pid}`]),
      );
      for (const { name, http } of flavours) {
        if (http !== 2) continue;
        const on = await liar.link(name);
        notServed(
          `Request that states another's process id (${name})`,
          await liar.request(read(world.item("i1")), { headers, on }),
        );
      }
      await hasNoAuthority("Request", world, liar);
      const asked = liar.authorize({
        headers,
        message: { purpose: `pid ${pid}` },
      });
      const [prompt] = await world.user.pending();
      equal("process id of the prompt", prompt.pid, liar.process.pid);
      await world.user.decide(prompt, "deny");
      notServed("Authorize", await asked);
    },
  },
  "pid-in-prompt-record": {
    async run(world) {
      for (let count = 0; count < 3; count += 1) {
        const caller = await world.caller();
        const asked = caller.authorize();
        const [prompt] = await world.user.pending();
        equal("process id of the prompt", prompt.pid, caller.process.pid);
        await world.user.decide(prompt, "approve");
        await asked;
      }
    },
  },
  "exit-ends": {
    needs: { control: [Capability.SESSION_LIST] },
    async run(world) {
      const caller = await world.granted();
      const sessions = async () =>
        (await world.control.listSessions({})).sessions.length;
      equal("sessions before the exit", await sessions(), 1);
      await caller.process.exit();
      // Time, and turns of the broker too: the machine may be busy.
      const until = performance.now() + exitMs;
      let looks = 0;
      while ((await sessions()) > 0) {
        looks += 1;
        that(
          "the session ends within a second of its process",
          performance.now() < until || looks < exitLooks,
          "it is there",
        );
      }
    },
  },
  "exit-zombie": {
    needs: { nativeCaller: true },
    async run(world) {
      const parent = await world.caller({ kind: "c" });
      const child = world.callerOf(await parent.process.fork());
      await world.grant(child);
      const [link] = child.links;
      if (link === undefined) throw new Error("it has no connection");
      await hasAuthority("Request of the child", world, child, link);
      await child.process.pass(link.connection, parent.process);
      const { pid } = child.process;
      await child.process.exit();
      await isZombie(pid);
      const what = "Request on the connection of a zombie";
      await hasNoAuthority(what, world, child, link);
      await hasNoAuthority("Request of its parent", world, parent);
    },
  },
  kill9: {
    async run(world) {
      const place = samePlace(world);
      const caller = await world.granted({}, place);
      await hasAuthority("Request", world, caller);
      caller.process.kill("SIGKILL");
      await caller.process.ended;
      const next = await world.caller(place);
      equal("executable", next.process.executable, caller.process.executable);
      await hasNoAuthority("Request of the next process", world, next);
    },
  },
  "fork-new-connection": {
    needs: { nativeCaller: true },
    async run(world) {
      const parent = await world.granted({}, { kind: "c" });
      const child = world.callerOf(await parent.process.fork());
      await hasNoAuthority("Request of the child", world, child);
      await hasAuthority("Request of the parent", world, parent);
    },
  },
  "spawned-child": {
    needs: { nativeCaller: true },
    async run(world) {
      const parent = await world.granted({}, { kind: "c" });
      const child = world.callerOf(await parent.process.fork());
      const { executable } = parent.process;
      await child.process.exec(executable, [executable], []);
      await hasNoAuthority("Request of the child", world, child);
      await hasAuthority("Request of the parent", world, parent);
    },
  },
  "parent-not-served-by-child": {
    needs: { nativeCaller: true },
    async run(world) {
      const parent = await world.caller({ kind: "c" });
      const child = world.callerOf(await parent.process.fork());
      await world.grant(child);
      await hasAuthority("Request of the child", world, child);
      await hasNoAuthority("Request of the parent", world, parent);
    },
  },
  "same-exe-two": {
    async run(world) {
      const place = samePlace(world);
      const other = await world.caller(place);
      await hasNoAuthority("Request before a grant", world, other);
      const caller = await world.granted({}, place);
      equal("executable", other.process.executable, caller.process.executable);
      await hasNoAuthority("Request of the other", world, other);
      await hasAuthority("Request", world, caller);
    },
  },
};
