// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** Most of what a program may print, bytes; all of it is kept and looked through. */
export const mostPrinted: number = 16 * 1024 * 1024;

const groups = new Set<number>();
let lastWill: Pick<Writable, "write"> | undefined;

// Hears which groups there are; when it hears nothing any more, whoever told it
// has ended, however that was, and so do they.
const executor = `groups=" "
while read -r change group; do
  case $change in
  begun) groups="$groups$group " ;;
  ended) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null`;

/**
 * Nothing of a program that was started as a group of its own (`detached`)
 * outlives it, or this process: what it started and left is ended with it.
 */
export function endWithGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  lastWill ??= startExecutor();
  groups.add(pid);
  lastWill.write(`begun ${pid}\n`);
  child.once("exit", () => {
    endGroup(pid);
    groups.delete(pid);
    lastWill?.write(`ended ${pid}\n`);
  });
}

function startExecutor(): Pick<Writable, "write"> {
  process.once("exit", () => {
    for (const one of groups) endGroup(one);
  });
  // Not of our group, which a terminal or a CI ends as a whole.
  const child = spawn("/bin/sh", ["-c", executor], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  // Where there is no such shell, what is left is left.
  child.once("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  (child.stdin as { unref?: () => void }).unref?.();
  return child.stdin;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}
