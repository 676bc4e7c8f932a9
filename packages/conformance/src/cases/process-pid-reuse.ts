// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { CallerError, type CallerProcess } from "../caller/caller-process.ts";
import {
  openPidNamespace,
  type PidNamespace,
} from "../caller/pid-namespace.ts";
import { placeCopy } from "../caller/placed-caller.ts";
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import type { Caller, Link } from "../case/caller.ts";
import type { Case, Cases, Needs } from "../case/case.ts";
import { equal } from "../case/check.ts";
import type { World } from "../case/world.ts";

/** Any that is unlikely to be taken in a new namespace. */
export const chosen = 4_321;

/** What cases with chosen process ids need. */
export const namespaceNeeds: Needs = {
  nativeCaller: true,
  machine: ["pid-namespace"],
};

/** Work in a PID namespace that ends with it. */
export async function withPidNamespace(
  work: (namespace: PidNamespace) => Promise<void>,
): Promise<void> {
  const namespace = await openPidNamespace();
  try {
    await work(namespace);
  } finally {
    await namespace.close();
  }
}

/** A child that exits leaves its process id to others once its parent has heard. */
export async function reap(parent: CallerProcess, pid: number): Promise<void> {
  for (;;) {
    try {
      return await parent.reap(pid);
    } catch (error) {
      const { message } = error as CallerError;
      if (!(error instanceof CallerError) || !message.includes("it runs")) {
        throw error;
      }
      await turn();
    }
  }
}

interface Reuse {
  readonly world: World;
  readonly parent: Caller;
  /** It had a grant, and its connection; it is gone. */
  readonly before: Caller;
  readonly link: Link;
  /** It has the process id now. */
  readonly after: Caller;
}

/** A broker and its callers in a namespace where a process id is used twice. */
function reused(
  beforeExit: (one: Omit<Reuse, "after">) => Promise<void>,
  judge: (reuse: Reuse) => Promise<void>,
): Case {
  return {
    needs: namespaceNeeds,
    run: (outside) =>
      withPidNamespace(async (namespace) => {
        const within = (command: readonly [string, ...string[]]) =>
          namespace.inside(command, "SIGTERM");
        await outside.elsewhere({ within }, async (world) => {
          const parent = await world.caller({
            kind: "c",
            within: namespace.inside,
          });
          const fork = async () =>
            world.callerOf(await parent.process.fork({ pid: chosen }));
          const before = await fork();
          await world.grant(before);
          const [link] = before.links;
          if (link === undefined) throw new Error("it has no connection");
          await hasAuthority("Request of the first", world, before, link);
          await beforeExit({ world, parent, before, link });
          await before.process.exit();
          await reap(parent.process, chosen);
          const after = await fork();
          equal("process id", after.process.pid, before.process.pid);
          await judge({ world, parent, before, link, after });
        });
      }),
  };
}

/** Two processes with one process id, one after the other. */
export const processPidReuseCases: Cases = {
  "pid-reuse-after-exit": reused(
    async () => {},
    ({ world, after }) => hasNoAuthority("Request of the second", world, after),
  ),
  "pid-reuse-other-exe": reused(
    async () => {},
    async ({ world, after }) => {
      const folder = join(world.folder, "other");
      const place = { folder, name: "other" };
      const program = placeCopy(world.nativeCaller, place).toString();
      await after.process.exec(program, [program], []);
      await hasNoAuthority("Request of the second", world, after);
    },
  ),
  "pid-reuse-while-conn-held": reused(
    ({ before, link, parent }) =>
      before.process.pass(link.connection, parent.process),
    async ({ world, before, link, after }) => {
      await hasNoAuthority("Request of the second", world, after);
      const what = "Request on the connection of the first";
      await hasNoAuthority(what, world, before, link);
    },
  ),
};
