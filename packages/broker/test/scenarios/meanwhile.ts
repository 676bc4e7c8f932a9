// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readlinkSync } from "node:fs";

/**
 * Waits for something that other processes do, while nothing in this one goes
 * on: what connects meanwhile is accepted only afterwards.
 */
export function blockUntil(isSo: () => boolean): void {
  const deadline = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("it did not come about");
  }
}

/** What /proc says that a process runs; undefined: nothing. */
export function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** Whether a process is the program sleep, under whichever name this system has it, and its exec is over. */
export function isAsleep(pid: number): boolean {
  const runs = executableOf(pid) ?? "";
  return /\/(sleep|coreutils|busybox)$/.test(runs) && stateOf(pid) === "S";
}

/** One letter of /proc/PID/stat: Z is dead and not waited for. Undefined: no such process. */
export function stateOf(pid: number): string | undefined {
  return statOf(pid)?.[0];
}

/** Ticks from boot to the start of a process. */
export function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** Who would be told of its end. */
export function parentOf(pid: number): number {
  return Number(statOf(pid)?.[1]);
}

function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
