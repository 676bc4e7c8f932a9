// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Kernel } from "./scene.ts";

/** The script that runs an experiment. */
export const laboratory: string = fileURLToPath(
  new URL("laboratory.ts", import.meta.url),
);

/** What an experiment takes. */
export interface LaboratoryOptions {
  /** What the laboratory is started with, as `unshare -Urpf`. */
  readonly within?: readonly string[];
  readonly kernel?: Kernel;
  readonly args?: readonly string[];
}

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));
const room = fileURLToPath(new URL("room.sh", import.meta.url));
const inRoom = (procOptions: string): readonly string[] => [
  "unshare",
  "-Urpfm",
  "--kill-child",
  "/bin/sh",
  room,
  checkout.replace(/\/$/, ""),
  procOptions,
];

/** Namespaces of one's own, where process ids can be chosen and things be mounted. */
export const ownRoom: readonly string[] = inRoom("rw");

/** Somebody who may do nothing; to start it takes root. */
export const asUser: readonly string[] = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--inh-caps=-all",
];

/** The same without any of its rights, and /proc hides what is not for it to see. */
export const hidingRoom: readonly string[] = [
  ...inRoom("hidepid=2"),
  "setpriv",
  "--bounding-set=-all",
  "--inh-caps=-all",
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
    timeout: 80_000,
  });
  if (status !== 0) throw new Error(`${experiment}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}
