// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import type { Command } from "../caller/pid-namespace.ts";

/** "nobody" and its group, on every Linux. */
export const secondUser: { readonly uid: number; readonly gid: number } = {
  uid: 65534,
  gid: 65534,
};

/**
 * A command that runs this one as a second user. The program must lie where
 * that user can reach it: not in a folder of ours alone.
 */
export function asSecondUser(command: Command): Command {
  const { uid, gid } = secondUser;
  return process.geteuid?.() === 0
    ? [
        "setpriv",
        ...[`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"],
        ...["--", ...command],
      ]
    : ["sudo", "-n", "-u", `#${uid}`, "-g", `#${gid}`, "--", ...command];
}

/** Tries it. What is missing; undefined: nothing. */
export function canUseSecondUser(): string | undefined {
  if (process.platform !== "linux") return "Linux";
  const [program, ...args] = asSecondUser(["id", "-u"]);
  const { stdout } = spawnSync(program, args, { encoding: "utf8" });
  return stdout?.trim() === `${secondUser.uid}`
    ? undefined
    : "a second user (sudo, or root and setpriv: apt-get install util-linux)";
}
