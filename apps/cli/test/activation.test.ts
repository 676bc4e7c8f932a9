// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { mainScript } from "./daemon.ts";
import { assent } from "./test-io.ts";

const password = "correct horse battery staple";
const managerScript = fileURLToPath(new URL("activate.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) {
  process.stderr.write(
    "NOT RUN: the tests of socket activation need python3: apt-get install python3\n",
  );
}
const isRoot = process.getuid?.() === 0;
if (!isRoot) {
  process.stderr.write(
    "NOT RUN: a socket of another user is refused (T60)\n  it needs root: sudo npm test\n",
  );
}

let home: string;
let ownerSocket: string;
let endManager = () => {};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assent-activation-"));
  mkdirSync(join(home, "run"), { mode: 0o700 });
  ownerSocket = join(home, "run", "owner.sock");
});
afterEach(() => {
  endManager();
  rmSync(home, { recursive: true, force: true });
});

/** What the manager opens; by default what our socket unit says. */
interface Handover {
  readonly kind?: string;
  readonly path?: string;
  readonly mode?: string;
  readonly names?: string;
}

/** A service manager with a socket that starts `assent broker run` with it. */
async function manage(handover: Handover = {}) {
  const { kind = "stream", path = ownerSocket } = handover;
  const { mode = "600", names = "owner" } = handover;
  const child = spawn(
    "python3",
    [
      ...[managerScript, kind, path, mode, names],
      ...[process.execPath, mainScript, "broker", "run", "--home", home],
    ],
    // A group of its own: what it started goes with it.
    { stdio: ["pipe", "pipe", "pipe"], detached: true },
  );
  endManager = () => {
    try {
      process.kill(-(child.pid ?? Number.NaN), "SIGKILL");
    } catch {
      // All of it is gone.
    }
  };
  let output = "";
  let told = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
      told();
    });
  }
  const manager = {
    output: () => output,
    tell: (line: string) => child.stdin.write(`${line}\n`),
    /** Wait for new output that matches, and forget it. */
    async says(pattern: RegExp): Promise<string> {
      while (!pattern.test(output)) {
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
      const said = output;
      output = "";
      return said;
    },
  };
  await manager.says(/listening\n/);
  return manager;
}

const status = () => assent(["status", "--home", home]);
const asOwner = async (...args: string[]) => {
  const { code, err } = await assent(
    [...args, "--home", home, "--password-stdin"],
    { stdin: `${password}\n` },
  );
  expect(code, err).toBe(exitCodes.done);
};
const inode = () => lstatSync(ownerSocket).ino;

describe.skipIf(!hasPython)("a broker that is started with its socket", () => {
  test("answers the call that was made before it ran, and leaves the socket to the manager (T60)", async () => {
    const manager = await manage();
    const made = inode();
    // Nobody accepts yet; the kernel keeps the call.
    const early = status();
    manager.tell("start");
    expect((await early).out).toContain("is running");
    await manager.says(/Assent is running at/);

    manager.tell("stop");
    expect(await manager.says(/ended -?\d+\n/)).toContain("ended 0");
    expect(inode()).toBe(made);
    expect(readdirSync(join(home, "run")).sort()).toEqual([
      "lock",
      "owner.sock",
    ]);

    const later = status();
    manager.tell("start");
    expect((await later).code).toBe(exitCodes.done);
    await manager.says(/Assent is running at/);
    manager.tell("kill");
    await manager.says(/ended -9\n/);
    expect(inode()).toBe(made);
    manager.tell("start");
    await manager.says(/Assent is running at/);
    expect((await status()).code).toBe(exitCodes.done);
  });

  test("turns the integration on and off without touching the owner's socket (T60)", async () => {
    const manager = await manage();
    const made = inode();
    manager.tell("start");
    await manager.says(/Assent is running at/);
    const programs = join(home, "run", "broker.sock");
    await asOwner("account", "create", "Personal");
    expect(existsSync(programs)).toBe(false);
    await asOwner("integration", "on");
    expect(lstatSync(programs).isSocket()).toBe(true);
    await assent(["integration", "off", "--home", home]);
    expect(existsSync(programs)).toBe(false);
    expect(inode()).toBe(made);
    expect((await status()).code).toBe(exitCodes.done);
  });

  test.each<[string, Handover, RegExp]>([
    ["a socket of another name", { names: "broker" }, /FileDescriptorName/],
    ["a TCP socket", { kind: "tcp" }, /listening Unix stream/],
    ["an abstract socket", { kind: "abstract" }, /listening Unix stream/],
    ["packets", { kind: "packets" }, /listening Unix stream/],
    ["one that does not listen", { kind: "silent" }, /listening Unix stream/],
    ["no descriptor at all", { kind: "nothing" }, /listening Unix stream/],
    ["a socket open to others", { mode: "666" }, /SocketMode must be 0600/],
  ])("refuses %s with one line (T60)", async (_, handover, why) => {
    await expectRefused(handover, why);
  });

  test("refuses a socket at another place than its own (T60)", async () => {
    await expectRefused(
      { path: join(home, "run", "other.sock") },
      /belongs to .*owner\.sock: install the service again/,
    );
  });

  test.skipIf(!isRoot)("refuses a socket of another user (T60)", async () => {
    await expectRefused({ kind: "foreign" }, /only its user can reach/);
  });

  async function expectRefused(handover: Handover, why: RegExp): Promise<void> {
    const manager = await manage(handover);
    manager.tell("start");
    manager.tell("wait");
    const said = await manager.says(/ended -?\d+\n/);
    expect(said).toContain("ended 7");
    const [line = "", ...more] = said.replace(/ended 7\n/, "").split("\n");
    expect(line).toMatch(/^assent: /);
    expect(line).toMatch(why);
    expect(more).toEqual([""]);
    const path = handover.path ?? ownerSocket;
    if (["stream", "silent"].includes(handover.kind ?? "stream")) {
      expect(lstatSync(path).isSocket()).toBe(true);
    }
  }
});
