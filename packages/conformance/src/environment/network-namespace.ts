// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import type { Command } from "../caller/pid-namespace.ts";

const withLoopback = 'ip link set lo up && exec "$@"';

/**
 * A command that runs this one in a network namespace of its own, with
 * loopback, where nobody else has a socket. The process has the pid that it is started with; sockets
 * with a path are not of the network.
 */
export function inNetworkNamespace(command: Command): Command {
  const isRoot = process.geteuid?.() === 0;
  return [
    "unshare",
    ...(isRoot ? [] : ["--user", "--map-root-user"]),
    ...["--net", "--", "sh", "-c", withLoopback, "sh", ...command],
  ];
}

const ownNetwork = "/proc/self/ns/net";

/** Tries it. What is missing; undefined: nothing. */
export function canUseNetworkNamespace(): string | undefined {
  if (process.platform !== "linux") return "Linux";
  const [program, ...args] = inNetworkNamespace(["readlink", ownNetwork]);
  const { stdout, status } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 && stdout.trim() !== readlinkSync(ownNetwork)
    ? undefined
    : "a network namespace (apt-get install util-linux iproute2; in a container: --privileged)";
}
