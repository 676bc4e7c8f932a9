// SPDX-License-Identifier: Apache-2.0
// The broker's own process, attacked by another process of the same user (T10),
// and a broker that is started where something it depends on is missing. As
// root everything may be looked into: then all of it runs as somebody else.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  isRoot,
  nobody,
  testWhen,
  works,
} from "../../src/peer/processes.fixture.ts";
import { asUser } from "./laboratory-run.ts";

const script = fileURLToPath(new URL("../run-broker.mjs", import.meta.url));
const user = isRoot ? asUser : [];
const needsUser = "setpriv: apt-get install util-linux";
const canBeUser = !isRoot || works("setpriv", "--version");
const it = testWhen(canBeUser, needsUser);

let place: string;
const started = new Set<ChildProcess>();
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "assent-hard-"));
  if (isRoot) chownSync(place, nobody, nobody);
});
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  started.clear();
  rmSync(place, { recursive: true, force: true });
});

/** Starts a program as a user without rights, who may leave core files; waits for a line. */
async function start(...command: readonly string[]) {
  const [program = "", ...args] = [
    ...user,
    "/bin/sh",
    "-c",
    'ulimit -S -c unlimited && exec "$@"',
    "sh",
    ...command,
  ];
  const child = spawn(program, args, {
    cwd: place,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.add(child);
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => {
      throw new Error(`${command.join(" ")} ends`);
    }),
  ]);
  return child as typeof child & { readonly pid: number };
}

const startBroker = () => start(process.execPath, script, join(place, "home"));
// Of the same user, and not closed.
const startOpen = () => start("/bin/sh", "-c", "echo ready; exec sleep 1000");

/** What a program of the same user says when it is let loose on a process. */
function attack(...command: readonly string[]) {
  const [program = "", ...args] = [...user, ...command];
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, output: stdout + stderr };
}

const gdb = (pid: number) =>
  attack("gdb", "-nx", "-batch", "-p", `${pid}`, "-ex", "info inferiors");
/** What strace says first: it would go on until it is ended. */
async function strace(pid: number): Promise<string> {
  const [program = "", ...args] = [...user, "strace", "-p", `${pid}`];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  started.add(child);
  const [said] = await once(child.stderr, "data");
  return String(said);
}

/** Whether programs of one user may look into each other here at all. */
const yama = (() => {
  try {
    return Number(readFileSync("/proc/sys/kernel/yama/ptrace_scope", "utf8"));
  } catch {
    return 0;
  }
})();

describe("another process of the same user", () => {
  testWhen(
    canBeUser && works("gdb", "--version"),
    `gdb (apt-get install gdb) and ${needsUser}`,
  )("cannot attach gdb to the broker (T10)", async () => {
    if (yama === 0) {
      const open = await startOpen();
      expect(gdb(open.pid).output).not.toContain("Operation not permitted");
    }
    const broker = await startBroker();
    expect(gdb(broker.pid).output).toContain("Operation not permitted");
    expect(statusOf(broker.pid, "TracerPid")).toBe("0");
  });

  testWhen(
    canBeUser && works("strace", "--version"),
    `strace (apt-get install strace) and ${needsUser}`,
  )("cannot attach strace to the broker (T10)", async () => {
    if (yama === 0) {
      const open = await startOpen();
      expect(await strace(open.pid)).toContain("attached");
    }
    const broker = await startBroker();
    expect(await strace(broker.pid)).toContain("Operation not permitted");
    expect(statusOf(broker.pid, "TracerPid")).toBe("0");
  });

  it("cannot read the broker's memory, environment or descriptors (T10)", async () => {
    const broker = await startBroker();
    const open = await startOpen();
    for (const name of [
      "mem",
      "environ",
      "maps",
      "smaps",
      "pagemap",
      "auxv",
      "fd/0",
      "map_files",
    ]) {
      const read = (pid: number) => {
        const path = `/proc/${pid}/${name}`;
        return attack("/bin/sh", "-c", `exec 3<${path}`).status;
      };
      expect(read(broker.pid), name).not.toBe(0);
      if (name !== "mem" || yama === 0) expect(read(open.pid), name).toBe(0);
    }
    // What the kernel leaves to root of such a process, with all below it.
    expect(statSync(`/proc/${broker.pid}/mem`).uid).toBe(0);
  });

  it("cannot have the broker dump a core file, nor lift the limit (T10)", async () => {
    const broker = await startBroker();
    const limit = () =>
      /^Max core file size +(\S+) +(\S+)/m
        .exec(readFileSync(`/proc/${broker.pid}/limits`, "utf8"))
        ?.slice(1);
    expect(limit()).toEqual(["0", "0"]);
    const lift = attack("prlimit", "--pid", `${broker.pid}`, "--core=1:1");
    expect(lift.status).not.toBe(0);
    expect(limit()).toEqual(["0", "0"]);
    const ended = once(broker, "exit");
    broker.kill("SIGSEGV");
    expect(await ended).toEqual([null, "SIGSEGV"]);
    expect(cores()).toEqual([]);
  });

  const pattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8").trim();
  testWhen(
    canBeUser && /^[^|/]+$/.test(pattern),
    `core files beside the program: sysctl kernel.core_pattern=core; it is ${pattern}`,
  )("would get one of a program that is not closed (T10)", async () => {
    const open = await start("/bin/sh", "-c", "echo ready; kill -STOP $$");
    const ended = once(open, "exit");
    open.kill("SIGSEGV");
    open.kill("SIGCONT");
    expect(await ended).toEqual([null, "SIGSEGV"]);
    expect(cores()).not.toEqual([]);
  });

  it("gains no rights through the broker: what it starts has no more than itself (T10)", async () => {
    const broker = await startBroker();
    expect(statusOf(broker.pid, "NoNewPrivs")).toBe("1");
  });
});

describe("a broker that is started without something it depends on", () => {
  /** Starts it in other circumstances; says how it ended, and what it left. */
  function startedIn(...within: readonly string[]) {
    const home = join(place, "home");
    const node = within[0] === process.execPath ? [] : [process.execPath];
    const [program = "", ...args] = [...within, ...node, script, home];
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: "utf8",
      timeout: 20_000,
    });
    return { status, stdout, lines: stderr.trim().split("\n") };
  }

  const namespaces =
    "user namespaces: sysctl kernel.unprivileged_userns_clone=1, or root";
  const withoutProc = [
    "unshare",
    "-Urm",
    "/bin/sh",
    "-c",
    'mount -t tmpfs none /proc && exec "$@"',
    "sh",
  ];
  const otherProc = ["unshare", "-Urpf", "--kill-child"];

  test("does not start when koffi does not load", () => {
    const hook = `import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) {
        if (name === "koffi") throw new Error("no such library: /secret/place");
        return next(name, context);
      } });`;
    const { status, stdout, lines } = startedIn(
      process.execPath,
      "--import",
      `data:text/javascript,${encodeURIComponent(hook)}`,
    );
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("koffi");
    expect(readdirSync(place)).toEqual([]);
  });

  testWhen(
    works(withoutProc[0] ?? "", ...withoutProc.slice(1), "true"),
    namespaces,
  )("does not start where /proc is not mounted", () => {
    const { status, stdout, lines } = startedIn(...withoutProc);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("/proc");
    expect(readdirSync(place)).toEqual([]);
  });

  testWhen(
    works(otherProc[0] ?? "", ...otherProc.slice(1), "true"),
    namespaces,
  )(
    "does not start where /proc is of other processes than it lives among",
    () => {
      const { status, stdout, lines } = startedIn(...otherProc);
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain("/proc");
    },
  );
});

/** Files that a core may be, beside the program. */
function cores(): string[] {
  return readdirSync(place).filter((name) => name.startsWith("core"));
}

/** A line of /proc/PID/status. */
function statusOf(pid: number, name: string): string | undefined {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return new RegExp(`^${name}:\\s*(\\S+)$`, "m").exec(text)?.[1];
}
