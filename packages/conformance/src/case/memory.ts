// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Failure, NotRun } from "./verdict.ts";
import type { World } from "./world.ts";

const lookMs = 20;

/** Resident memory of a process, bytes. @throws NotRun where it cannot be seen */
function memoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // Said below.
  }
  throw new NotRun(`the memory of process ${pid} cannot be seen in /proc`);
}

/** Fails when the broker takes so much more meanwhile; bytes. */
export async function withinMemory<T>(
  world: World,
  most: number,
  act: () => Promise<T>,
): Promise<T> {
  // Asked anew: it may have been started again since it was described.
  const pid = (await world.control.describe({})).pid || world.broker.pid;
  const before = memoryOf(pid);
  let highest = before;
  const look = () => {
    if (world.broker.isRunning) highest = Math.max(highest, memoryOf(pid));
  };
  const looking = setInterval(look, lookMs);
  try {
    const result = await act();
    look();
    const grown = highest - before;
    if (grown > most) {
      const assertion = "memory that the broker took meanwhile";
      throw new Failure(assertion, `at most ${mib(most)}`, mib(grown));
    }
    return result;
  } finally {
    clearInterval(looking);
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
