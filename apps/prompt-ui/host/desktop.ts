// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";

/** A way to start programs of the desktop. None is ever named by the environment (T14). */
export interface Desktop {
  /** Start a program, which goes on by itself; aborting the signal ends it. Resolves when it has ended, as far as can be told: to whether it failed. */
  start(command: readonly string[], signal?: AbortSignal): Promise<boolean>;
  /** The first of these programs that is there, and root's alone to change. */
  find(paths: readonly string[]): string | undefined;
}

const systemctl = "/usr/bin/systemctl";
const systemdRun = "/usr/bin/systemd-run";
const display = /^(DISPLAY|WAYLAND_DISPLAY)=./m;

/**
 * The desktop that this process can reach, if any. What the broker starts may
 * gain no privileges, and in its service take no namespaces either; browsers
 * need one or the other. So the user's systemd starts them, outside, if it
 * knows of a display; else this process does.
 */
export async function findDesktop(): Promise<Desktop | undefined> {
  const { DISPLAY = "", WAYLAND_DISPLAY = "" } = process.env;
  const hasDisplay = DISPLAY !== "" || WAYLAND_DISPLAY !== "";
  if (isClosedIn() && (await hasManager(hasDisplay))) {
    const names = hasDisplay
      ? { DISPLAY, WAYLAND_DISPLAY }
      : ({} as Record<string, string>);
    return {
      start: (command, signal) => startOutside(command, names, signal),
      find: findProgram,
    };
  }
  return hasDisplay ? { start: startHere, find: findProgram } : undefined;
}

function isClosedIn(): boolean {
  return /^NoNewPrivs:\s*1$/m.test(readFileSync("/proc/self/status", "utf8"));
}

/** Whether the user's systemd runs, and knows of a display unless we do. */
async function hasManager(hasDisplay: boolean): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(systemctl, [
      "--user",
      "show-environment",
    ]);
    return hasDisplay || display.test(stdout);
  } catch {
    return false;
  }
}

function startHere(
  command: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: "ignore" });
  child.unref();
  signal?.addEventListener("abort", () => child.kill());
  return new Promise((resolve) => {
    child.once("error", () => resolve(true));
    child.once("exit", (code) => resolve(code !== 0));
  });
}

async function startOutside(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<boolean> {
  const unit = `assent-page-${process.pid}-${performance.now().toFixed(0)}`;
  const hasFailed = await startHere([
    systemdRun,
    "--user",
    "--quiet",
    "--collect",
    `--unit=${unit}`,
    ...Object.entries(environment).map(
      ([name, value]) => `--setenv=${name}=${value}`,
    ),
    "--",
    ...command,
  ]);
  if (signal === undefined || hasFailed) return hasFailed;
  if (!signal.aborted) await once(signal, "abort");
  const stop = [systemctl, "--user", "--quiet", "stop", `${unit}.service`];
  return startHere(stop);
}

function findProgram(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      const facts = lstatSync(path).isSymbolicLink()
        ? statSync(path)
        : lstatSync(path);
      const isRoots = facts.uid === 0 && (facts.mode & 0o022) === 0;
      return facts.isFile() && isRoots;
    } catch {
      return false;
    }
  });
}
