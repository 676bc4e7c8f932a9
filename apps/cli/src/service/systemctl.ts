// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes } from "../exit.ts";
import type { Io } from "../io.ts";

/** The manager of the user's services. */
export interface UserManager {
  /** @throws CommandError with what systemctl said */
  do(...args: string[]): void;
  /** Properties of a unit; a unit that is not there has LoadState not-found. */
  show(unit: string): Readonly<Record<string, string>>;
}

const asked = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "MainPID",
  "FragmentPath",
  "Result",
];

/** The user's manager; undefined: there is no systemd here, or none that runs for this user. */
export function findUserManager(io: Io): UserManager | undefined {
  const run = (args: readonly string[]) =>
    spawnSync("systemctl", ["--user", "--no-pager", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...io.environment, LC_ALL: "C" },
    });
  if (run(["show", "--property=Version"]).status !== 0) return undefined;
  return {
    do(...args) {
      const { status, stderr } = run(args);
      if (status === 0) return;
      throw new CommandError(
        exitCodes.failed,
        `systemctl --user ${args.join(" ")} failed: ${makeSafe(stderr.trim().split("\n")[0] ?? "", { maxLength: 300 })}`,
        "See more with: journalctl --user --unit assent-broker",
      );
    },
    show(unit) {
      const { stdout } = run(["show", unit, `--property=${asked.join(",")}`]);
      return Object.fromEntries(
        stdout
          .split("\n")
          .map((line) => line.split("="))
          .filter(([name]) => name)
          .map(([name, ...value]) => [name, value.join("=")]),
      );
    },
  };
}
