// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

/** What a program did. */
export interface Ended {
  /** Null when it had to be killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Run a program of ES module text, or a file with arguments, in a process of its own until it ends by itself. */
export function runProgram(
  program: string | readonly string[],
  { cwd, env = {} }: ProgramOptions = {},
): Promise<Ended> {
  const args =
    typeof program === "string"
      ? ["--input-type=module", "-e", program]
      : program;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // Only one that hangs gets to see it.
    timeout: 60_000,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
