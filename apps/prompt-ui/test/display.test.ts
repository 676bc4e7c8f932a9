// SPDX-License-Identifier: Apache-2.0
// The window that people see, on a display of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { bootstrapIn, processes, tokenIn } from "./opening.ts";
import {
  cli,
  prepareProgram,
  type RealBroker,
  run,
  startRealBroker,
  type User,
} from "./real-broker.ts";

const name = "the window that a request opens";
const needs = "NOT RUN without: apt-get install xvfb xdotool";

// Chromium keeps its sandbox here, which root cannot have.
const nobody: User | undefined =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

function canShow(): boolean {
  const programs = ["/usr/bin/Xvfb", "/usr/bin/xdotool"];
  const found = programs.every((file) => existsSync(file));
  if (!found) {
    process.stderr.write(
      `NOT RUN: ${name}\n  it needs a display: apt-get install xvfb xdotool\n`,
    );
  }
  return hasChromium(name) && found && (nobody === undefined || isForAll(cli));
}

/** Whether somebody else than root can read a file: not below root's home. */
function isForAll(file: string): boolean {
  const folders = file.split("/").map((_, n, all) => all.slice(0, n).join("/"));
  const closed = [...folders.slice(1).filter(Boolean), file].some((path) => {
    return (statSync(path).mode & 0o005) === 0;
  });
  if (closed) {
    process.stderr.write(
      `NOT RUN: ${name}\n  root has no sandbox in a browser, and nobody else can read ${file}\n`,
    );
  }
  return !closed;
}

describe.skipIf(!canShow())(`${name}; ${needs}`, () => {
  let screen: ChildProcess;
  let display: string;
  let broker: RealBroker;
  beforeAll(async () => {
    const size = ["-screen", "0", "800x900x24"];
    screen = spawn(
      "/usr/bin/Xvfb",
      ["-displayfd", "3", "-nolisten", "tcp", ...size],
      { stdio: ["ignore", "ignore", "ignore", "pipe"] },
    );
    const [number] = await once(screen.stdio[3] as Readable, "data");
    display = `:${String(number).trim()}`;
    broker = await startRealBroker(
      {
        DISPLAY: display,
        WAYLAND_DISPLAY: undefined,
        XAUTHORITY: undefined,
        XDG_RUNTIME_DIR: undefined,
        DBUS_SESSION_BUS_ADDRESS: undefined,
        INVOCATION_ID: undefined,
      },
      nobody,
    );
    await prepareProgram(broker);
  });
  afterAll(async () => {
    await broker?.close();
    screen?.kill();
  });

  const xdotool = (...args: readonly string[]) =>
    run(["/usr/bin/xdotool", ...args], { DISPLAY: display });

  it("is a real one, shows the request and takes the answer; no process is told the token (T20)", async () => {
    const program = broker.ask();
    const file = await bootstrapIn(broker.directory);
    const token = tokenIn(readFileSync(file, "utf8"));
    expect(token).toMatch(/^[\w-]{43}$/);
    const isShown = /^\(1\) Requests · Assent$/;
    const seen = new Set<string>();
    let isThere = false;
    // It fails when a window goes that it is just looking at: then once more.
    const search = async () => {
      while (!isThere && !screen.killed) {
        const look = xdotool("search", "--sync", "--name", isShown.source);
        isThere = (await look.ended) === 0;
      }
    };
    void search();
    while (!isThere) {
      for (const { argv } of processes("")) seen.add(argv);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // The path of the file may be seen; the page came by what is in it.
    const all = [...seen];
    expect(all.some((argv) => argv.includes(`--app=file://${file}`))).toBe(
      true,
    );
    expect(all.filter((argv) => argv.includes(token))).toEqual([]);
    expect(existsSync(file)).toBe(false);
    // On its headline, then Esc.
    await xdotool("mousemove", "200", "30", "click", "1").ended;
    while (!program.output().includes("prompt-denied")) {
      await xdotool("key", "Escape").ended;
      if (program.process.exitCode !== null) break;
    }
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain("prompt-denied");
  });
});
