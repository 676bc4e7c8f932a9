// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
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

// `assent watch` on a terminal of 100 columns and 45 rows.
function startWatch() {
  const command = `stty rows 45 cols 100; exec '${process.execPath}' '${mainScript}' watch --home '${daemon.home}'`;
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
