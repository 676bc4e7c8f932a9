// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createLinuxSource } from "../../src/peer/linux-source.ts";
import { createBinding } from "../../src/peer/platform.ts";
import { createPeerRegistry } from "../../src/peer/registry.ts";
import { systemScheduler } from "../../src/peer/scheduler.ts";
import { socketDescriptor } from "../../src/peer/socket-descriptor.ts";
import { blockUntil, executableOf, isAsleep, startOf } from "./meanwhile.ts";
import {
  callBytes,
  compileCaller,
  type NativeCaller,
} from "./native-caller.ts";
import { asking, reading, type Scene } from "./scene.ts";

/** Does something, and tells what was observed. */
export type Experiment = (
  scene: Scene,
  args: readonly string[],
) => Promise<Record<string, unknown>>;

// Above what anything else here reaches, so that it is free until it is asked for.
const chosenPid = 30_000;

/** Experiments by name; `laboratory.ts` runs one. */
export const experiments: Readonly<Record<string, Experiment>> = {
  /** A1: an approved program exits while its child keeps the connection; its id is used again by sleep. */
  async exitAndReuse(scene) {
    const caller = await scene.connected();
    await scene.grant(caller);
    const before = await scene.read(caller);
    await caller.do("leave");
    const spawner = await scene.native();
    const spawned = await reuse(spawner, caller.pid);
    blockUntil(() => isAsleep(caller.pid));
    const shown = executableOf(caller.pid);
    const child = await scene.read(caller);
    scene.rig.broker.sweep();
    return {
      before: before.status,
      reused: spawned === `child ${caller.pid}`,
      shown,
      status: child.status,
      reason: child.reason ?? null,
      text: child.text,
      sessions: scene.sessions(),
      cause: (await scene.log()).find((e) => e.kind === "session-ended")?.cause,
    };
  },

  /** A2: exit and reuse between connect and accept. */
  async reuseBeforeAccept(scene, [kernelTells]) {
    const go = join(scene.directory, "go");
    const spawner = await scene.native();
    const commands = [
      `wait ${go}`,
      `spawn ${chosenPid}`,
      `connect ${scene.rig.places.brokerSocket}`,
      `send ${callBytes("Authorize", asking)}`,
      "keep",
      "exit",
      `spawn ${chosenPid} /bin/sleep 1000`,
    ];
    for (const command of commands) spawner.tell(command);
    writeFileSync(go, "");
    blockUntil(() => isAsleep(chosenPid));
    for (const _ of commands) await spawner.line();
    const prompts =
      kernelTells === "yes"
        ? await scene.rig.prompts()
        : await scene.rig.pending();
    return {
      shown: executableOf(chosenPid),
      // Said by who holds the connection now: how many bytes came before it was closed.
      lost: kernelTells === "yes" ? await spawner.line() : null,
      prompts: prompts.map(({ body }) => ({
        path: body.process?.path,
        warnings: body.warnings,
      })),
    };
  },

  /** T1: one process after the other under one id, each approved, killed, and followed by the next. */
  async reuseAfterGrant(scene, [times]) {
    const spawner = await scene.native();
    let granted = 0;
    const before = new Set<string | undefined>();
    for (let round = 0; round < Number(times); round += 1) {
      if ((await spawner.do(`spawn ${chosenPid}`)) !== `child ${chosenPid}`) {
        throw new Error("another process id");
      }
      await spawner.do(`connect ${scene.rig.places.brokerSocket}`);
      before.add((await scene.read(spawner)).reason);
      await scene.grant(spawner);
      if ((await scene.read(spawner)).status === 200) granted += 1;
      if ((await spawner.do("exit")) !== "ended") throw new Error("it lives");
    }
    return { granted, before: [...before] };
  },

  /** T1: two processes of one file, one id and one start, as far as /proc tells; so many pairs. */
  async twins(scene, [times]) {
    const registry = createPeerRegistry({
      source: createLinuxSource({
        binding: await createBinding(),
        scheduler: systemScheduler,
        wallMs: () => Date.now(),
      }),
    });
    const path = join(scene.directory, "s");
    const server = createServer().listen(path);
    const spawner = await scene.native();
    const admitted = async () => {
      const accepted = once(server, "connection");
      spawner.tell(`spawn ${chosenPid}`);
      spawner.tell(`connect ${path}`);
      const [socket] = (await accepted) as [Socket];
      const lease = registry.admit(socketDescriptor(socket) ?? -1);
      if (typeof lease === "string") throw new Error(lease);
      const start = startOf(chosenPid);
      spawner.tell("exit");
      for (let line = 0; line < 3; line += 1) await spawner.line();
      return { peer: lease.peer, start };
    };
    let pairs = 0;
    let taken = 0;
    let last = await admitted();
    while (pairs < Number(times)) {
      const next = await admitted();
      if (next.start === last.start && next.peer.pid === last.peer.pid) {
        pairs += 1;
        if (next.peer.number === last.peer.number) taken += 1;
      }
      last = next;
      // Seldom: the one before is still known when the next comes.
      if (registry.size > 100) registry.sweep();
    }
    return { pairs, taken };
  },

  /** G1: a program of another user, or with the rights of one. */
  async setuid(scene, [program = ""]) {
    const stranger = await scene.connected(program);
    const own = await scene.connected();
    await stranger.do(`send ${callBytes("Authorize", asking)}`);
    return {
      stranger: await stranger.do("receive"),
      own: await asked(scene, own),
    };
  },

  /** G2, G3: programs that hide, each in one way, and one that does not. */
  async hidden(scene, programs) {
    const observed: Record<string, unknown> = {};
    const open = await scene.connected();
    observed["open"] = await asked(scene, open);
    const undumpable = await scene.native();
    await undumpable.do("dumpable 0");
    await undumpable.do(`connect ${scene.rig.places.brokerSocket}`);
    observed["undumpable"] = await asked(scene, undumpable);
    observed["visible"] = existsSync(`/proc/${undumpable.pid}`);
    // May be run, not read.
    const unreadable = compileCaller(scene.directory, "unreadable");
    chmodSync(unreadable, 0o111);
    observed["unreadable"] = await asked(
      scene,
      await scene.connected(unreadable),
    );
    for (const program of programs) {
      observed[program] = await asked(scene, await scene.connected(program));
    }
    // One that was approved before it hid.
    await scene.grant(open);
    await open.do("dumpable 0");
    const later = await scene.read(open);
    observed["later"] = later.reason ?? later.status;
    return observed;
  },

  /** /proc is covered by something else while the broker runs. */
  async withoutProc(scene) {
    const known = await scene.connected();
    // Answered: so it has been accepted.
    await scene.read(known);
    execFileSync("mount", ["-t", "tmpfs", "none", "/proc"]);
    const fresh = await scene.connected();
    await fresh.do(`send ${callBytes("Request", reading)}`);
    const answer = await known.call("Authorize", asking);
    return {
      fresh: await fresh.do("receive"),
      code: answer.code,
      reason: answer.reason,
      text: answer.text,
      prompts: (await scene.rig.prompts()).length,
    };
  },
};

/** Asks, and tells what it was answered and whether a prompt came of it. */
async function asked(scene: Scene, caller: NativeCaller) {
  const answer = await caller.call("Authorize", {
    ...asking,
    interaction: "INTERACTION_NEVER",
  });
  const prompts = (await scene.rig.prompts()).length;
  return { reason: answer.reason ?? "closed", prompts };
}

/** Until it is the same: an orphan's id is free when it was waited for. */
async function reuse(
  spawner: { do(command: string): Promise<string> },
  pid: number,
): Promise<string> {
  for (;;) {
    const spawned = await spawner.do(`spawn ${pid} /bin/sleep 1000`);
    // EEXIST: whoever had it is not waited for yet.
    if (spawned !== "error 17") return spawned;
  }
}
