// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemScheduler } from "../peer/scheduler.ts";
import { type Away, type AwayWatch, watchAway } from "./away-watch.ts";

const hasMock =
  existsSync("/usr/lib/python3/dist-packages/dbusmock") &&
  existsSync("/usr/bin/dbus-daemon") &&
  existsSync("/usr/bin/gdbus");
const manager = "/org/freedesktop/login1";
const session = `${manager}/session/c7`;
const userId = 1000;

let started: ChildProcess[];
let environment: Record<string, string>;
let watch: AwayWatch | undefined;
let heard: Away[];
let unknown: string[];

beforeEach(() => {
  [started, environment, heard, unknown] = [[], {}, [], []];
});
afterEach(() => {
  watch?.stop();
  for (const child of started) child.kill("SIGKILL");
});

function run(program: string, args: readonly string[]) {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  return createInterface({ input: child.stdout });
}

/** A bus of our own with a login manager on it, and a session of this user. */
async function startLoginManager(): Promise<void> {
  const bus = run("/usr/bin/dbus-daemon", [
    ...["--session", "--print-address", "--nofork", "--nopidfile"],
  ]);
  for await (const address of bus) {
    environment["DBUS_SYSTEM_BUS_ADDRESS"] = address;
    break;
  }
  run("/usr/bin/python3", ["-m", "dbusmock", "--template", "logind"]);
  gdbus("wait", "--system", "--timeout", "20", "org.freedesktop.login1");
  call(manager, "AddSession", "c7", "seat0", String(userId), "joe", "true");
}

function gdbus(...args: string[]): void {
  execFileSync("/usr/bin/gdbus", args, {
    env: { ...process.env, ...environment },
  });
}

function call(path: string, method: string, ...args: string[]): void {
  gdbus(
    ...["call", "--system", "--dest", "org.freedesktop.login1"],
    ...["--object-path", path],
    ...["--method", `org.freedesktop.DBus.Mock.${method}`, ...args],
  );
}

const lockScreen = () =>
  call(
    session,
    "EmitSignal",
    "org.freedesktop.login1.Session",
    "Lock",
    "",
    "[]",
  );
const sleep = () =>
  call(
    manager,
    "EmitSignal",
    ...["org.freedesktop.login1.Manager", "PrepareForSleep", "b", "[<true>]"],
  );

/** Follows; what the login manager says before it does is not heard, so it is said until it is. */
async function follow(own: number, say: () => void): Promise<void> {
  watch = watchAway({
    environment,
    userId: own,
    scheduler: systemScheduler,
    onAway: (why) => heard.push(why),
    onUnknown: (why) => unknown.push(why),
  });
  while (heard.length === 0) {
    say();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.runIf(hasMock)(
  "a login manager on a bus of its own; NOT RUN without: apt-get install dbus libglib2.0-bin python3-dbusmock",
  () => {
    beforeEach(startLoginManager);

    it("tells that the screen is locked", async () => {
      await follow(userId, lockScreen);
      expect(heard[0]).toBe("screen-locked");
      expect(unknown).toEqual([]);
    });

    it("tells that the machine goes to sleep, also a second time", async () => {
      await follow(userId, sleep);
      expect(heard[0]).toBe("going-to-sleep");
      watch?.stop();
      heard = [];
      await follow(userId, sleep);
      expect(heard[0]).toBe("going-to-sleep");
    });

    it("says nothing of the screens of others", async () => {
      let said = 0;
      await follow(userId + 1, () => {
        lockScreen();
        said += 1;
        if (said > 5) sleep();
      });
      expect(new Set(heard)).toEqual(new Set(["going-to-sleep"]));
    });
  },
);

it.runIf(existsSync("/usr/bin/gdbus"))(
  "where there is no bus, says once that nobody tells",
  async () => {
    environment["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nowhere";
    const said = Promise.withResolvers<string>();
    const again: (() => void)[] = [];
    watch = watchAway({
      environment,
      userId,
      scheduler: {
        after(_, task) {
          again.push(task);
          return () => undefined;
        },
      },
      onAway: (why) => heard.push(why),
      onUnknown: (why) => {
        unknown.push(why);
        said.resolve(why);
      },
    });
    expect(await said.promise).toContain("cannot be followed");
    while (again.length === 0) await new Promise(setImmediate);
    again[0]?.();
    while (again.length === 1) await new Promise(setImmediate);
    expect(unknown).toHaveLength(1);
    expect(heard).toEqual([]);
  },
);
