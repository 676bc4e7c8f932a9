// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("user-manager.sh", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** What a command in there did; both streams in one. */
export interface Done {
  readonly code: number;
  readonly out: string;
}

/** A real systemd of an ordinary user, and a shell beside it. */
export interface UserSystemd extends AsyncDisposable {
  /** A line of shell; `$ASSENT` is the command line. */
  run(line: string): Promise<Done>;
}

/** Why there can be none here; undefined: there can. */
export function lackOfUserSystemd(): string | undefined {
  if (process.getuid?.() !== 0) return "root: sudo npm test";
  if (!existsSync("/lib/systemd/systemd")) {
    return "systemd: apt-get install systemd";
  }
  const namespaces = spawnSync("unshare", [
    ...["--mount", "--pid", "--fork", "--mount-proc", "--cgroup"],
    ...["sh", "-c", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"],
  ]);
  if (namespaces.error) return "unshare: apt-get install util-linux";
  return namespaces.status === 0
    ? undefined
    : "namespaces and cgroups of version 2; run outside of a container";
}

/** Start one; rejects with what it said when it does not come up. */
export async function startUserSystemd(): Promise<UserSystemd> {
  const child = spawn(
    "unshare",
    [
      ...["--mount", "--pid", "--fork", "--mount-proc", "--cgroup"],
      ...["--kill-child", "bash", script, repository, process.execPath],
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  let output = "";
  let told = () => {};
  let isOver = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
    told();
  });
  const over = new Promise<void>((resolve) =>
    child.once("close", () => {
      isOver = true;
      told();
      resolve();
    }),
  );
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) {
        output = output.slice(found.index + found[0].length);
        return found;
      }
      if (isOver) throw new Error(`the manager ended: ${output}`);
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  await until(/ready\n/);
  let isBusy = false;
  return {
    async run(line) {
      isBusy = true;
      child.stdin.write(
        `ASSENT="/run/node /run/repository/apps/cli/dist/assent.js"; { ${line}; } 2>&1\n`,
      );
      const [, out = "", code] = await until(/^([\s\S]*?)\nended (\d+)\n/);
      isBusy = false;
      return { code: Number(code), out };
    },
    async [Symbol.asyncDispose]() {
      // What does not end by itself goes with the namespace.
      if (isBusy) child.kill("SIGKILL");
      child.stdin.end();
      await over;
    },
  };
}
