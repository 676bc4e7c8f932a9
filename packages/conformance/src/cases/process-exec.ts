// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { placeCopy } from "../caller/placed-caller.ts";
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import type { Caller, Link } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed } from "../case/check.ts";
import type { World } from "../case/world.ts";

const needs = { nativeCaller: true } as const;

/** The same program as another file. */
function otherProgram(world: World, name: string): string {
  const folder = join(world.folder, "other");
  return placeCopy(world.nativeCaller, { folder, name }).toString();
}

/** A caller that was granted something and used it, on its only connection. */
async function user(
  world: World,
): Promise<{ readonly caller: Caller; readonly kept: Link }> {
  const caller = await world.granted({}, { kind: "c" });
  const [kept] = caller.links;
  if (kept === undefined) throw new Error("it has no connection");
  await hasAuthority("Request before the exec", world, caller, kept);
  return { caller, kept };
}

/** After it became these programs, one after the other, on new connections and those it kept. */
function becomes(
  programs: (world: World, caller: Caller) => readonly string[],
  on: readonly ("new" | "kept")[],
): Case {
  return {
    needs,
    async run(world) {
      const { caller, kept } = await user(world);
      const keep = on.includes("kept") ? [kept.connection] : [];
      const { pid } = caller.process;
      for (const program of programs(world, caller)) {
        await caller.process.exec(program, [program], keep);
      }
      equal("its process id", caller.process.pid, pid);
      if (on.includes("kept")) {
        const what = "Request on the connection kept over the exec";
        await hasNoAuthority(what, world, caller, kept);
      }
      if (on.includes("new")) {
        const link = await caller.link();
        const what = "Request on a connection made after the exec";
        await hasNoAuthority(what, world, caller, link);
      }
    },
  };
}

/** A program that becomes another is not what the user said yes to. */
export const processExecCases: Cases = {
  "exec-other-new-connection": becomes(
    (world) => [otherProgram(world, "other")],
    ["new"],
  ),
  "exec-other-kept-connection": becomes(
    (world) => [otherProgram(world, "other")],
    ["kept"],
  ),
  "exec-back": becomes(
    (world, { process }) => [otherProgram(world, "other"), process.executable],
    ["kept", "new"],
  ),
  "exec-same-executable": becomes(
    (_, { process }) => [process.executable],
    ["kept", "new"],
  ),
  "exec-prompt-shows-new": {
    needs,
    async run(world) {
      const { caller } = await user(world);
      const program = otherProgram(world, "the-other");
      await caller.process.exec(program, [program], []);
      await world.user.decides("ignore");
      const asked = caller.authorize({ on: await caller.link() });
      const [prompt] = await world.user.pending();
      equal("the name shown", prompt.shownProcessName, "the-other");
      equal("the path shown", prompt.shownProcessPath, program);
      await world.user.decide(prompt, "deny");
      notServed("Authorize", await asked);
    },
  },
  "exec-while-prompt-pending": {
    needs,
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      const link = await caller.link();
      const asked = caller.authorize({ on: link });
      const [prompt] = await world.user.pending();
      const program = otherProgram(world, "other");
      await caller.process.exec(program, [program], [link.connection]);
      const tookEffect = await world.user.decide(prompt, "approve");
      equal("the late approval took effect", tookEffect, false);
      const again = await caller.link();
      await hasNoAuthority("Request", world, caller, again);
      await hasNoAuthority("Request as before", world, caller, link);
      // A prompt of what it is now may stay; it is not answered by that approval.
      link.close();
      notServed("Authorize", await asked);
    },
  },
};
