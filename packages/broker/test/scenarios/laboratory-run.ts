// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Kernel } from "./scene.ts";

const laboratory = fileURLToPath(new URL("laboratory.ts", import.meta.url));

/** What an experiment takes. */
export interface LaboratoryOptions {
  /** What the laboratory is started with, as `unshare -Urpf`. */
  readonly within?: readonly string[];
  readonly kernel?: Kernel;
  readonly args?: readonly string[];
}

/** A PID namespace of one's own, where process ids can be chosen. */
export const ownPids: readonly string[] = [
  "unshare",
  "-Urpf",
  "--kill-child",
  "--mount-proc",
];

/** Run one of `experiments.ts`, and return what it observed. */
export function observe(
  experiment: string,
  { within = [], kernel = "now", args = [] }: LaboratoryOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: of each experiment, judged by the tests.
): any {
  const [program = "", ...rest] = [
    ...within,
    process.execPath,
    laboratory,
    experiment,
    kernel,
    ...args,
  ];
  const { stdout, stderr, status } = spawnSync(program, rest, {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${experiment}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}
