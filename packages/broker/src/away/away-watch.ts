// SPDX-License-Identifier: Apache-2.0
// Accounts that were unlocked by hand lock when their user goes away (decisions
// 7). The login manager says when; it is asked by two programs of the system,
// which speak D-Bus so that the broker need not.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Scheduler } from "../peer/scheduler.ts";
import {
  type LoginSignal,
  readLoginSignal,
  readSessionUser,
} from "./login-signal.ts";

/** Why accounts are to be locked. */
export type Away = LoginSignal["kind"];

/** Follows what the login manager says, until it is stopped. */
export interface AwayWatch {
  stop(): void;
}

/** What it takes to follow it. */
export interface AwayWatchOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Locked screens of others are no concern of ours. */
  readonly userId: number;
  readonly scheduler: Scheduler;
  readonly onAway: (why: Away) => void;
  /** Nobody tells when the user goes away; told once for each time it begins. */
  readonly onUnknown: (why: string) => void;
}

// Named in full: no PATH leads elsewhere (T14).
const gdbus = "/usr/bin/gdbus";
const inhibit = "/usr/bin/systemd-inhibit";
const loginManager = "org.freedesktop.login1";
const passedOn = ["DBUS_SYSTEM_BUS_ADDRESS"];
const restMs = 5_000;
const longestAnswerMs = 2_000;

/** Begin. Never throws: where it cannot be known, `onUnknown` says so. */
export function watchAway(options: AwayWatchOptions): AwayWatch {
  const { environment, userId, scheduler, onAway, onUnknown } = options;
  if (!existsSync(gdbus)) {
    onUnknown(`${gdbus} is missing`);
    return { stop: () => undefined };
  }
  const env: Record<string, string> = { LC_ALL: "C" };
  for (const name of passedOn) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  let child: ChildProcess | undefined;
  let callOff: (() => void) | undefined;
  let isStopped = false;
  let isKnown = true;
  let mayDelay = existsSync(inhibit);

  const follow = () => {
    const [program = gdbus, ...args] = [
      ...(mayDelay ? delaysSleep : []),
      ...[gdbus, "monitor", "--system", "--dest", loginManager],
    ];
    const started = spawn(program, args, {
      cwd: "/",
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    child = started;
    let wasOwned = false;
    createInterface({ input: started.stdout }).on("line", (text) => {
      wasOwned ||= text.startsWith(`The name ${loginManager} is owned by`);
      if (wasOwned) isKnown = true;
      const signal = readLoginSignal(text);
      if (signal !== undefined) hear(signal);
    });
    started.once("error", () => undefined);
    started.once("close", () => {
      if (isStopped || child !== started) return;
      // Perhaps it may not hold up sleep here; without that it comes later.
      if (!wasOwned) mayDelay = false;
      if (isKnown && !wasOwned) {
        isKnown = false;
        onUnknown("the login manager cannot be followed");
      }
      callOff = scheduler.after(restMs, follow);
    });
  };
  const hear = (signal: LoginSignal) => {
    if (signal.kind === "going-to-sleep") {
      onAway(signal.kind);
      // With it ends the delay: the machine need not wait for us.
      child?.kill("SIGTERM");
      return;
    }
    const property = [`${loginManager}.Session`, "User"];
    execFile(
      gdbus,
      [
        ...["call", "--system", "--dest", loginManager],
        ...["--object-path", signal.sessionPath],
        ...["--method", "org.freedesktop.DBus.Properties.Get", ...property],
      ],
      { env, timeout: longestAnswerMs },
      (error, answer) => {
        // Whose screen it is cannot be told: then it may be this user's.
        const user = error === null ? readSessionUser(answer) : undefined;
        if (!isStopped && (user ?? userId) === userId) onAway(signal.kind);
      },
    );
  };
  follow();
  return {
    stop() {
      isStopped = true;
      callOff?.();
      child?.kill("SIGTERM");
    },
  };
}

const delaysSleep = [
  inhibit,
  "--what=sleep",
  "--mode=delay",
  "--who=Assent",
  "--why=Accounts lock before the machine sleeps",
];
