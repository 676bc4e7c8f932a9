// SPDX-License-Identifier: Apache-2.0
import { fstatSync, readlinkSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { posix } from "node:path";
import type { PeerBinding } from "./binding.ts";
import { injectsCode } from "./environment.ts";
import { createExecutableDigests } from "./executable-digest.ts";
import { createLane } from "./lane.ts";
import {
  noClaims,
  processName,
  readClaims,
  readStart,
} from "./linux-claims.ts";
import type { LinuxProcess } from "./linux-process.ts";
import { isWritableByOthers, locateExecutable } from "./location.ts";
import type { PeerClaims, PeerDescription, PeerSign } from "./peer.ts";
import {
  containerName,
  parseControlGroup,
  parseTracerPid,
  systemUnit,
} from "./proc-text.ts";
import { PeerEndedError } from "./process-capture.ts";
import { isInterpreter, isRelay } from "./program-kinds.ts";
import type { Scheduler } from "./scheduler.ts";

/** Puts together what a prompt shows of a process. */
export interface Describer {
  /**
   * Facts as they are now, claims as they were at the first look.
   * @throws PeerEndedError when the process ended before all was read.
   */
  describe(process: LinuxProcess): Promise<PeerDescription>;
}

/** What a description depends on. */
export interface DescriberOptions {
  readonly binding: PeerBinding;
  readonly scheduler: Scheduler;
  /** Time of day, milliseconds. */
  readonly wallMs: () => number;
  /** What is slower than this is left out, milliseconds. */
  readonly deadlineMs?: number;
}

const environmentBytes = 2 * 1024 * 1024;
const namespaces = ["mnt", "pid", "user"] as const;
type Namespace = (typeof namespaces)[number];

/** A describer for this process's namespaces. */
export function createDescriber(options: DescriberOptions): Describer {
  const { binding, scheduler, wallMs, deadlineMs = 1_000 } = options;
  // Apart, so that a slow file does not take the others' claims along.
  const digests = createExecutableDigests(createLane(scheduler, deadlineMs));
  const files = createLane(scheduler, deadlineMs);
  const memory = createLane(scheduler, deadlineMs);
  const own = new Map(
    namespaces.map((name) => [name, namespaceAt("/proc/self", name)]),
  );
  const firstClaims = new WeakMap<LinuxProcess, Promise<PeerClaims>>();

  async function readFacts(process: LinuxProcess): Promise<PeerDescription> {
    const { directory, image, pid, startTicks, userId, weak } =
      process.findings;
    const signs = new Set<PeerSign>();
    if (weak) signs.add("weak-identity");
    const startedAtMs = Math.round(
      wallMs() -
        binding.bootTimeMs() +
        ((startTicks ?? 0) * 1000) / binding.ticksPerSecond,
    );
    const plain = { pid, user: String(userId), startedAtMs };
    if (directory === undefined || image === undefined) {
      return { ...plain, ...unidentified, signs: [...signs] };
    }

    const at = `/proc/self/fd/${directory}`;
    const foreign = namespaces.filter(
      (name) => namespaceAt(at, name) !== own.get(name),
    );
    const linkText = pathNow(directory) ?? image.path;
    const digest = digests.of(image.executable);
    const [status, cgroup, environment, place] = await Promise.all([
      readFile(`${at}/status`, "latin1"),
      readFile(`${at}/cgroup`, "latin1").catch(() => ""),
      memory.run(() => readStart(`${at}/environ`, environmentBytes)),
      files.run(async () => {
        const running = await stat(`/proc/self/fd/${image.executable}`, {
          bigint: true,
        });
        const visible = !foreign.includes("mnt");
        const located = await locateExecutable(linkText, running, visible);
        return {
          ...located,
          deleted: running.nlink === 0n,
          visible,
          // Ancestors of a path of another root are not ours to judge.
          open: await isWritableByOthers(
            visible ? located.path : new Uint8Array(),
            running,
            userId,
          ),
        };
      }),
    ]);
    const path = place?.path ?? linkText;
    // When it was not found out in time whether the kernel added it, it says nothing.
    const name = posix
      .basename(Buffer.from(path).toString("latin1"))
      .replace(/ \(deleted\)$/, "");
    const claims = await claimsOf(process, directory, name);
    const tracer = parseTracerPid(status);
    const group = parseControlGroup(cgroup);

    if (isInterpreter(name)) signs.add("interpreter");
    // What could not be looked at in time cannot be said to be in place.
    if (
      place === undefined ||
      place.deleted ||
      (place.visible && !place.inPlace)
    ) {
      signs.add("replaced-executable");
    }
    if (place?.open) signs.add("writable-location");
    if (foreign.length > 0) signs.add("other-namespace");
    if (tracer > 0) signs.add("debugged");
    if (environment !== undefined && injectsCode(environment))
      signs.add("injected-code");
    environment?.fill(0);
    if (isRelay(name, Buffer.from(claims.script).toString("latin1")))
      signs.add("relay");

    return {
      ...plain,
      path,
      executableSha256: (await digest) ?? new Uint8Array(),
      container:
        foreign.length === 0
          ? ""
          : containerName(group) ||
            foreign.map((ns) => namespaceAt(at, ns)).join(" "),
      debugger: tracer > 0 ? await nameWithPid(tracer) : "",
      unit: systemUnit(group),
      signs: [...signs],
      claims,
    };
  }

  /** Undefined when it grew too long to be told since the capture. */
  function pathNow(directory: number): Uint8Array | undefined {
    try {
      return binding.readLink(directory, "exe");
    } catch {
      return undefined;
    }
  }

  function claimsOf(
    process: LinuxProcess,
    directory: number,
    name: string,
  ): Promise<PeerClaims> {
    const first =
      firstClaims.get(process) ?? readClaims(binding, memory, directory, name);
    firstClaims.set(process, first);
    return first;
  }

  return {
    describe: (process) =>
      process.reading(async () => {
        // Read, then check: what was read is of this process only if it still is the one.
        const facts = await readFacts(process).catch((error: Error) => error);
        // Then what the kernel recorded when it connected is not true of it any more.
        if (hasOtherUser(process)) process.markEnded("replaced");
        const end = process.verify();
        if (end !== undefined) throw new PeerEndedError(end);
        if (facts instanceof Error) throw facts;
        return facts;
      }),
  };
}

const unidentified: Omit<
  PeerDescription,
  "pid" | "user" | "startedAtMs" | "signs"
> = {
  path: new Uint8Array(),
  executableSha256: new Uint8Array(),
  container: "",
  debugger: "",
  unit: "",
  claims: noClaims,
};

/** Whether it gave up its user since it was captured. */
function hasOtherUser({ findings }: LinuxProcess): boolean {
  const { directory, image, userId } = findings;
  return (
    directory !== undefined &&
    image !== undefined &&
    fstatSync(directory).uid !== userId
  );
}

function namespaceAt(at: string, name: Namespace): string | undefined {
  try {
    return readlinkSync(`${at}/ns/${name}`, "latin1");
  } catch {
    return undefined;
  }
}

async function nameWithPid(pid: number): Promise<string> {
  const name = await processName(`/proc/${pid}`);
  return `${new TextDecoder().decode(name)} (${pid})`;
}
