// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import {
  type CaptureContext,
  captureChild,
  captureConnected,
} from "./linux-capture.ts";
import {
  createDescriber,
  type Describer,
  type DescriberOptions,
} from "./linux-description.ts";
import { LinuxProcess } from "./linux-process.ts";
import type { PeerDescription, PeerEnd } from "./peer.ts";
import { parseProcessStat } from "./proc-text.ts";
import type {
  PeerRefusal,
  ProcessCapture,
  ProcessSource,
} from "./process-capture.ts";

/** What captures on Linux depend on. */
export interface LinuxSourceOptions extends DescriberOptions {
  /** The user whose processes are peers; by default ours. */
  readonly userId?: number;
}

const mostAncestors = 16;
const mostProcesses = 1024;
const descriptorsEach = 5;

/** Processes as Linux tells them: SO_PEERCRED, pidfds and /proc. */
export function createLinuxSource(options: LinuxSourceOptions): ProcessSource {
  const { binding } = options;
  const describer = createDescriber(options);
  const context: CaptureContext = {
    binding,
    // Always there on Linux.
    userId: options.userId ?? process.geteuid?.() ?? -1,
    ownPid: process.pid,
  };
  const wrap = (found: LinuxProcess | PeerRefusal) =>
    found instanceof LinuxProcess ? new LinuxCapture(found, describer) : found;
  return {
    // Half of what we may open: connections, files and the owner's channel need some, too (T60).
    capacity: Math.min(
      mostProcesses,
      Math.floor(descriptorLimit() / 2 / descriptorsEach),
    ),
    capture: (socket) => wrap(captureConnected(context, socket)),
    captureChild: (pid) => wrap(captureChild(context, pid)),
    look(captures) {
      const processes = captures
        .filter((capture) => capture instanceof LinuxCapture)
        .map((capture) => capture.process);
      const ended = binding.haveEnded(
        processes.map(({ findings }) => findings.pidfd),
      );
      processes.forEach((each, index) => {
        if (ended[index]) each.markEnded("exited");
      });
    },
  };
}

class LinuxCapture implements ProcessCapture {
  readonly process: LinuxProcess;
  readonly #describer: Describer;

  constructor(process: LinuxProcess, describer: Describer) {
    this.process = process;
    this.#describer = describer;
  }

  get pid(): number {
    return this.process.findings.pid;
  }

  get identified(): boolean {
    return this.process.findings.image !== undefined;
  }

  get executable(): string | undefined {
    return this.process.findings.image?.file;
  }

  pinExecutable(): Disposable | undefined {
    return this.process.pinExecutable();
  }

  verify(): PeerEnd | undefined {
    return this.process.verify();
  }

  isSame(other: ProcessCapture): boolean {
    if (!(other instanceof LinuxCapture)) return false;
    const mine = this.process.findings;
    const its = other.process.findings;
    return (
      mine.startTicks !== undefined &&
      mine.pid === its.pid &&
      mine.startTicks === its.startTicks &&
      mine.image?.file === its.image?.file &&
      this.verify() === undefined
    );
  }

  lineage(): readonly string[] {
    const { pid, startTicks } = this.process.findings;
    const keys: string[] = [];
    let next = pid;
    while (next > 0 && keys.length <= mostAncestors) {
      const stat = statOf(next);
      if (stat === undefined) break;
      keys.push(`${next}:${stat.startTicks}`);
      next = stat.parentPid;
    }
    return keys[0] === `${pid}:${startTicks}` ? keys : [];
  }

  describe(): Promise<PeerDescription> {
    return this.#describer.describe(this.process);
  }

  close(): void {
    this.process.close();
  }
}

function statOf(pid: number) {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}

function descriptorLimit(): number {
  const limits = readFileSync("/proc/self/limits", "latin1");
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  // "unlimited" is no number.
  return soft === undefined ? mostProcesses * 1024 : Number(soft);
}
