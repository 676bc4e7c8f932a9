// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { type CallerProcess, startCaller } from "./caller-process.ts";
import {
  callerPath,
  type Listener,
  listen,
  testWith,
  until,
} from "./native-caller.fixture.ts";
import { compilerAdvice } from "./native-caller.ts";
import {
  canUsePidNamespace,
  openPidNamespace,
  type PidNamespace,
} from "./pid-namespace.ts";

// Asked without our own probe, which is under test too.
const unshare = spawnSync("unshare", [
  ...(process.geteuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--pid", "--fork", "--mount-proc", "true"],
]);
const missing =
  callerPath === ""
    ? compilerAdvice
    : unshare.status === 0
      ? undefined
      : "a PID namespace (apt-get install util-linux; in a container: --privileged)";

let server: Listener;
let namespace: PidNamespace;

/** Our pid of a process that has this one inside; 0: there is none. */
function ourPidOf(inside: number, { zombies = false } = {}): number {
  const found = readdirSync("/proc").filter((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      if (!zombies && /^State:\tZ/m.test(status)) return false;
      return new RegExp(`^NSpid:\\t\\d+\\t${inside}$`, "m").test(status);
    } catch {
      return false;
    }
  });
  return Number(found[0] ?? 0);
}

describe("a PID namespace", () => {
  beforeEach(async () => {
    server = await listen();
    if (missing === undefined) namespace = await openPidNamespace();
  });

  afterEach(async () => {
    if (missing === undefined) await namespace.close();
    await server.close();
  });

  testWith(missing, "is found to be possible", async () => {
    expect(await canUsePidNamespace(callerPath)).toBeUndefined();
    expect(await canUsePidNamespace("/bin/true")).toContain("util-linux");
  });

  const start = () => startCaller({ command: namespace.inside([callerPath]) });

  testWith(
    missing,
    "gives a process the pid that another one had",
    async () => {
      const parent = await start();
      const one = await parent.fork({ pid: 777 });
      expect(one.pid).toBe(777);
      const connection = await one.connect(server.path);
      await expect(parent.fork({ pid: 777 })).rejects.toThrow("EEXIST");
      const before = ourPidOf(777);
      await one.exit();
      // A zombie holds its pid.
      await expect(parent.fork({ pid: 777 })).rejects.toThrow("EEXIST");
      await until(() => server.sockets[0]?.readableEnded === true);
      await parent.reap(777);
      const other = await parent.fork({ pid: 777 });
      expect(other.pid).toBe(777);
      expect(ourPidOf(777)).not.toBe(before);
      await other.exec("", ["other"], []);
      expect(other.pid).toBe(777);
      expect(connection.destroyed).toBe(true);
    },
  );

  testWith(
    missing,
    "keeps the connection of one whose pid is used again",
    async () => {
      const parent = await start();
      const one = await parent.fork({ pid: 800 });
      const connection = await one.connect(server.path);
      const sibling = await parent.fork();
      await one.pass(connection, sibling);
      await one.exit();
      await parent.reap(800);
      const other = await parent.fork({ pid: 800 });
      connection.write("by the sibling");
      await until(() => server.got(0).toString() === "by the sibling");
      expect(other.pid).toBe(800);
    },
  );

  testWith(
    missing,
    "ends what is inside with what was started, by the signal that was asked for",
    async () => {
      const command = namespace.inside(
        [
          "sh",
          "-c",
          "trap 'echo asked; exit' TERM; echo up; while :; do sleep 0.01; done",
        ],
        "SIGTERM",
      );
      const [program, ...args] = command;
      const child = spawn(program, args, {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const said: Buffer[] = [];
      child.stdout.on("data", (bytes: Buffer) => said.push(bytes));
      await until(() => said.length > 0);
      child.kill("SIGTERM");
      await once(child, "close");
      expect(Buffer.concat(said).toString()).toBe("up\nasked\n");
    },
  );

  testWith(missing, "leaves what is started where it was started", async () => {
    const [program, ...args] = namespace.inside(["pwd"]);
    const cwd = realpathSync(server.folder);
    const { stdout } = spawnSync(program, args, { cwd, encoding: "utf8" });
    expect(stdout).toBe(`${cwd}\n`);
  });

  testWith(
    missing,
    "kills a caller and its forks, never a process of ours with the same pid",
    async () => {
      const parent = await start();
      const child = await parent.fork();
      const before = ourPidOf(child.pid);
      expect(readlinkSync(`/proc/${before}/exe`)).toBe(callerPath);
      child.kill();
      await child.ended;
      parent.kill();
      await parent.ended;
      await until(() => ourPidOf(parent.pid) === 0);
    },
  );

  testWith(missing, "leaves nothing behind, not even an orphan", async () => {
    const parent = await start();
    const orphan: CallerProcess = await parent.fork({ orphan: true, pid: 900 });
    expect(orphan.pid).toBe(900);
    await orphan.exit();
    // Reaped by the first process of the namespace, so its pid is free.
    await until(() => ourPidOf(900, { zombies: true }) === 0);
    const again = await parent.fork({ orphan: true, pid: 900 });
    expect(again.pid).toBe(900);
    await namespace.close();
    await again.ended;
    await until(() => ourPidOf(900) === 0);
  });
});
