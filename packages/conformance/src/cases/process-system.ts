// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { CallerError } from "../caller/caller-process.ts";
import { hasAuthority, hasNoAuthority } from "../case/authority.ts";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, notServed, that } from "../case/check.ts";
import { read } from "../case/operations.ts";
import { promptOf } from "../case/prompted.ts";
import { NotRun } from "../case/verdict.ts";
import type { World } from "../case/world.ts";
import { asSecondUser } from "../environment/second-user.ts";
import { namespaceNeeds, withPidNamespace } from "./process-pid-reuse.ts";

type Command = readonly [string, ...string[]];

/** Work while everybody on this machine may pass through these folders and use this endpoint. */
async function withEndpointOpen(
  world: World,
  work: () => Promise<void>,
): Promise<void> {
  const { home, endpoint } = world.broker;
  const opened: readonly (readonly [string, number])[] = [
    [home, 0o711],
    [world.folder, 0o711],
    [dirname(endpoint), 0o711],
    [endpoint, 0o777],
  ];
  const before = opened.map(([path]) => statSync(path).mode);
  try {
    for (const [path, mode] of opened) chmodSync(path, mode);
    await work();
  } finally {
    opened.forEach(([path], index) => {
      chmodSync(path, before[index] ?? 0o700);
    });
  }
}

/** As root, which another user's broker cannot keep out. */
function asRoot(command: Command): Command {
  if (process.geteuid?.() === 0) return command;
  if (spawnSync("sudo", ["-n", "true"]).status === 0) {
    return ["sudo", "-n", "--", ...command];
  }
  throw new NotRun("root (sudo without a password)");
}

/** A Request over a connection of its own, and every byte that came back. */
async function bytesFor(world: World, caller: Caller): Promise<Buffer> {
  try {
    const { endpoint } = world.broker;
    const connection = await caller.process.connect(endpoint);
    const on = caller.linkOver(connection);
    const answer = await caller.request(read(world.item("i1")), { on });
    notServed("Request of another user", answer);
    return Buffer.concat(connection.received);
  } catch (error) {
    // Not even a connection.
    if (error instanceof CallerError) return Buffer.alloc(0);
    throw error;
  }
}

/** Our process ids of those that are called so in namespaces of their own: others may run beside this. */
function ourPidsOf(inside: number): readonly number[] {
  const found = readdirSync("/proc").filter((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      return new RegExp(`^NSpid:\\t\\d+\\t${inside}$`, "m").test(status);
    } catch {
      return false;
    }
  });
  return found.map(Number);
}

/** A broker outside, callers in a namespace: it sees them by process ids of its own. */
async function callersInside(world: World): Promise<void> {
  await withPidNamespace(async ({ inside }) => {
    const caller = await world.caller({ kind: "c", within: inside });
    const other = await world.caller({ kind: "c", within: inside });
    await world.user.decides("ignore");
    const asked = caller.authorize();
    const prompt = await promptOf(world, asked);
    if (prompt === undefined) return;
    const { pid } = caller.process;
    const ours = ourPidsOf(pid);
    const expected = ours.includes(prompt.pid) ? prompt.pid : (ours[0] ?? 0);
    equal("process id of the prompt", prompt.pid, expected);
    that("it is not 0", prompt.pid !== 0);
    await world.user.decide(prompt, "approve");
    await asked;
    world.allow(caller, "i1");
    await hasAuthority("Request", world, caller);
    await hasNoAuthority("Request of another in there", world, other);
  });
}

/** A broker in a namespace, callers outside: the system has no process id for them. */
async function brokerInside(outside: World): Promise<void> {
  await withPidNamespace(async (namespace) => {
    const within = (command: Command) => namespace.inside(command, "SIGTERM");
    await outside.elsewhere({ within }, async (world) => {
      await world.user.decides("approve");
      const caller = await world.caller();
      const answer = await caller.authorize();
      for (const { pid } of await world.user.prompts()) {
        that("no prompt is of process 0", pid !== 0);
      }
      if (answer.kind === "served") world.allow(caller, "i1");
      const other = await world.caller();
      await hasNoAuthority("Request of another outside", world, other);
    });
  });
}

/** Callers that the operating system tells apart, or shows in another light. */
export const processSystemCases: Cases = {
  "other-uid": {
    needs: { nativeCaller: true, machine: ["second-user"] },
    async run(world) {
      await withEndpointOpen(world, async () => {
        const caller = await world.caller({
          kind: "c",
          within: asSecondUser,
          cwd: "/",
        });
        const bytes = await bytesFor(world, caller);
        equal("bytes that came back", bytes.length, 0);
      });
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  },
  // Root may do anything; it has no grant by itself, though.
  "other-uid-root-note": {
    async run(world) {
      const caller = await world.caller({ within: asRoot, cwd: "/" });
      await bytesFor(world, caller);
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  },
  "pid-namespace": {
    needs: namespaceNeeds,
    async run(world) {
      await callersInside(world);
      await brokerInside(world);
    },
  },
};
