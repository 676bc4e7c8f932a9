// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";

/** Most of what a program may print, bytes; all of it is kept and looked through. */
export const mostPrinted: number = 16 * 1024 * 1024;

const groups = new Set<number>();
let isWatching = false;

/**
 * Nothing of a program that was started as a group of its own (`detached`)
 * outlives it, or this process: what it started and left is ended with it.
 */
export function endWithGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  groups.add(pid);
  child.once("exit", () => {
    endGroup(pid);
    groups.delete(pid);
  });
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const one of groups) endGroup(one);
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}
