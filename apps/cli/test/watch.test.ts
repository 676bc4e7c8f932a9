// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import {
  type Daemon,
  endProcesses,
  mainScript,
  startDaemon,
  startProcess,
} from "./daemon.ts";
import { assent } from "./test-io.ts";

const password = "correct horse battery staple";
const secret = "ghp_canary0123456789";
const reference = "assent://Dev/GitHub/token";

// A program of util-linux that gives another one a terminal of its own.
const hasScript = spawnSync("script", ["--version"]).status === 0;
if (!hasScript) {
  process.stderr.write(
    "NOT RUN: the tests of assent watch need script: apt-get install bsdutils\n",
  );
}

let daemon: Daemon;

beforeAll(async () => {
  if (!hasScript) return;
  daemon = await startDaemon();
  await owner(["account", "create", "Personal"]);
  await owner(["account", "unlock"]);
  await owner(["integration", "on"]);
  await owner(["vault", "create", "Dev"]);
  await owner(["item", "create", "Dev", "GitHub", "--field", "token"], secret);
});

afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
  endProcesses();
});

async function owner(args: string[], input = ""): Promise<void> {
  const { code, err } = await assent(
    [...args, "--home", daemon.home, "--password-stdin"],
    { stdin: `${password}\n${input}` },
  );
  expect(code, err).toBe(exitCodes.done);
}

function read() {
  const args = ["read", reference, "--account", "Personal"];
  return startProcess([...args, "--home", daemon.home]);
}

// A command on a terminal of 100 columns and 45 rows, by default `assent watch`.
// It first tells which terminal that is, and its process id; `after` is what
// the shell does when it has left.
function startWatch(after = "exit $?", args = `watch --home '${daemon.home}'`) {
  const watch = `'${process.execPath}' '${mainScript}' ${args}`;
  const command = `trap : INT; stty rows 45 cols 100; echo "on $(tty)."; sh -c 'echo "process $$."; exec "$@"' sh ${watch}; ${after}`;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, TERM: "xterm", SHELL: "/bin/sh" },
  });
  let raw = "";
  let from = 0;
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    raw += chunk;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", resolve),
  );
  return {
    raw: () => raw,
    ended,
    type: (text: string) => child.stdin.write(text),
    // Resolves once the text was drawn after what was waited for before.
    async says(text: string): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        const look = () => {
          const at = stripVTControlCharacters(raw).indexOf(text, from);
          if (at < 0) return;
          from = at + text.length;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before: ${text}`)));
      });
    },
  };
}

async function startTrustedWatch() {
  const watch = startWatch();
  await watch.says("Account password for Personal: ");
  watch.type(`${password}\r`);
  await watch.says("Nothing is waiting");
  return watch;
}

// Root is let in nevertheless: then somebody else tries.
const isRoot = process.getuid?.() === 0;
const asNobody = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--",
];
const canTry = !isRoot || spawnSync("setpriv", ["--version"]).status === 0;
if (!canTry) {
  process.stderr.write(
    "NOT RUN: the test of a terminal that is closed to others needs setpriv: apt-get install util-linux\n",
  );
}

/** Another process of the user tries to open the terminal; what the system says. */
function tryToOpen(terminal: string): string {
  if (isRoot) chmodSync(terminal, 0o666);
  const [program = "", ...args] = [
    ...(isRoot ? asNobody : []),
    "sh",
    "-c",
    ': <"$0" && echo opened',
    terminal,
  ];
  const { stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
  });
  return stdout + stderr;
}

test.skipIf(!hasScript || !canTry)(
  "no other process can open the terminal while a request is on it, and any can before and after (T58)",
  async () => {
    const watch = startWatch("echo the shell again; read -r line");
    const told = async (pattern: RegExp) => {
      await expect.poll(watch.raw).toMatch(pattern);
      return pattern.exec(watch.raw())?.[1] ?? "";
    };
    const terminal = await told(/on (\S+)\./);
    const pid = Number(await told(/process (\d+)\./));
    await watch.says("Account password for Personal: ");
    expect(tryToOpen(terminal)).toMatch(/busy/i);
    watch.type(`${password}\r`);
    await watch.says("Nothing is waiting");
    await expect.poll(() => tryToOpen(terminal)).toBe("opened\n");

    const first = read();
    await watch.says("Did not expect this?");
    expect(tryToOpen(terminal)).toMatch(/busy/i);
    watch.type("\u001b");
    expect((await first.ended).code).toBe(exitCodes.notApproved);
    await watch.says("Nothing is waiting");
    await expect.poll(() => tryToOpen(terminal)).toBe("opened\n");

    const second = read();
    await watch.says("Did not expect this?");
    expect(tryToOpen(terminal)).toMatch(/busy/i);
    // Ended from outside with a request on screen.
    process.kill(pid, "SIGTERM");
    await watch.says("the shell again");
    expect(tryToOpen(terminal)).toBe("opened\n");
    second.process.kill("SIGKILL");
    watch.type("\r");
    await watch.ended;
  },
);

describe.skipIf(!hasScript)("assent watch", () => {
  test("shows a request and approves it with the password, not with a wrong one", async () => {
    const watch = await startTrustedWatch();
    const program = read();
    await watch.says("to use Personal?");
    await watch.says(String(program.process.pid));
    await watch.says(reference);
    // The card is armed.
    await watch.says("Did not expect this?");
    watch.type("not it\r");
    await watch.says("That password is not right. 4 tries left.");
    watch.type(`${password}\r`);
    expect(await program.ended).toMatchObject({ code: 0, out: `${secret}\n` });
    await watch.says("can use Personal.");
    watch.type("\u0003");
    expect(await watch.ended).toBe(exitCodes.done);
    // The screen is given back, and no password was ever on it.
    expect(watch.raw().trimEnd().endsWith("\u001b[?1049l")).toBe(true);
    expect(watch.raw()).not.toContain(password);
    expect(watch.raw()).not.toContain(secret);
  });

  test("denies with Esc, and with Enter on nothing (T22)", async () => {
    const watch = await startTrustedWatch();
    for (const key of ["\u001b", "\r"]) {
      const program = read();
      await watch.says("Did not expect this?");
      watch.type(key);
      expect((await program.ended).code).toBe(exitCodes.notApproved);
      await watch.says("Nothing is waiting");
      await watch.says("Denied. Nothing was given.");
    }
    watch.type("\u0004");
    expect(await watch.ended).toBe(exitCodes.done);
  });

  test("says when the program quit first, and stays until that was seen (T47)", async () => {
    const watch = await startTrustedWatch();
    const program = read();
    await watch.says("Did not expect this?");
    watch.type("correct hor");
    program.process.kill("SIGKILL");
    await watch.says("before you answered.");
    watch.type("se battery");
    await watch.says("Enter: go on");
    watch.type("\r");
    await watch.says("Nothing is waiting");
    watch.type("\u0003");
    expect(await watch.ended).toBe(exitCodes.done);
  });

  test("ends with what to do when the broker goes away (T54)", async () => {
    const watch = await startTrustedWatch();
    await daemon.stop();
    await watch.says("assent: ");
    expect(await watch.ended).toBe(exitCodes.unreachable);
  });
});

describe.skipIf(!hasScript)("assent broker run --watch", () => {
  test("shows requests on its own terminal when nobody else does, and gives it back (decisions 3)", async () => {
    const home = mkdtempSync(join(tmpdir(), "assent-run-watch-"));
    const as = (args: string[]) =>
      assent([...args, "--home", home, "--password-stdin"], {
        stdin: `${password}\n`,
      });
    const broker = startWatch("exit $?", `broker run --watch --home '${home}'`);
    await broker.says("Assent is running");
    await as(["account", "create", "Personal"]);
    await as(["integration", "on"]);
    const program = startProcess([
      "read",
      reference,
      "--account",
      "Personal",
      "--home",
      home,
    ]);
    await broker.says("to use Personal?");
    // A request on screen is no end of the terminal: SIGHUP reads settings.
    const pid = Number(/process (\d+)\./.exec(broker.raw())?.[1]);
    process.kill(pid, "SIGHUP");
    await broker.says("Did not expect this?");
    broker.type("\u001b");
    expect((await program.ended).code).toBe(exitCodes.notApproved);
    await broker.says("Denied. Nothing was given.");
    // It leaves by itself, and Ctrl-C is the broker's again.
    await expect
      .poll(() => broker.raw().trimEnd().endsWith("\u001b[?1049l"), {
        timeout: 20_000,
      })
      .toBe(true);
    broker.type("\u0003");
    await broker.says("Assent has stopped");
    expect(await broker.ended).toBe(exitCodes.done);
    rmSync(home, { recursive: true });
  }, 60_000);

  test("is refused without a terminal", async () => {
    const { code, err } = await startProcess([
      "broker",
      "run",
      "--watch",
      "--home",
      daemon.home,
    ]).ended;
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain("not in front on a terminal");
  });
});
