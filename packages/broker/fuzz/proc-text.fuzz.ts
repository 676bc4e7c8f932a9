// SPDX-License-Identifier: Apache-2.0
// What the kernel tells of a process, which names itself as it likes.

import { injectsCode } from "../src/peer/environment.ts";
import {
  containerName,
  parseControlGroup,
  parsePidfdPid,
  parseProcessStat,
  parseTracerPid,
  systemUnit,
} from "../src/peer/proc-text.ts";
import { type FuzzTarget, functionTarget } from "./fuzz-target.ts";
import { mutate } from "./mutation.ts";
import { createRandom, type Random } from "./random.ts";

interface Input {
  /** The name of the process in a stat that is whole, or undefined: `text` is broken. */
  readonly comm: string | undefined;
  readonly parentPid: number;
  readonly startTicks: number;
  readonly text: string;
}

const names = [
  ") R 1 1",
  "((",
  "a b",
  "\n",
  ")",
  "",
  "a) Z 0 ",
  "\u202e",
  "()",
];
const groups = [
  "0::/system.slice/docker-0123456789ab.scope\n",
  "1:name=systemd:/user.slice\n0::/\n",
  "0::/a\n0::/b\n",
  "TracerPid:\t12\n",
  "Pid:\t-1\nTracerPid:\t0\n",
];

function makeComm(random: Random): string {
  const parts = Array.from({ length: random.below(4) }, () =>
    random.oneIn(3)
      ? Buffer.from(random.bytes(random.below(8))).toString("latin1")
      : random.pick(names),
  );
  return parts.join("");
}

function make(seed: number): Input {
  const random = createRandom(seed);
  const comm = makeComm(random);
  const pid = random.between(1, 4_194_304);
  const parentPid = random.below(4_194_304);
  const startTicks = random.uint32() * random.between(1, 1000);
  const state = random.pick(["R", "S", "D", "Z", "T", "X"]);
  const between = Array.from({ length: 17 }, () => random.below(1 << 20));
  const whole = `${pid} (${comm}) ${state} ${parentPid} ${between.join(" ")} ${startTicks} 0 0 1\n`;
  if (!random.oneIn(3)) return { comm, parentPid, startTicks, text: whole };
  const from = Buffer.from(
    random.oneIn(2) ? whole : random.pick(groups),
    "latin1",
  );
  const text = Buffer.from(mutate(random, from)).toString("latin1");
  return { comm: undefined, parentPid, startTicks, text };
}

function check({ comm, parentPid, startTicks, text }: Input): void {
  let stat: ReturnType<typeof parseProcessStat> | undefined;
  try {
    stat = parseProcessStat(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (comm !== undefined) {
    expectSame("the name", stat?.comm, comm);
    expectSame("the parent", stat?.parentPid, parentPid);
    expectSame("the start", stat?.startTicks, startTicks);
  }
  const tracer = parseTracerPid(text);
  if (!Number.isInteger(tracer) || tracer < 0) throw new Error("a tracer");
  const pid = parsePidfdPid(text);
  if (pid !== undefined && Number.isNaN(pid)) throw new Error("a pid");
  const group = parseControlGroup(text);
  if (group.includes("\n")) throw new Error("a group of several lines");
  if (systemUnit(group).includes("/")) throw new Error("a unit with a path");
  containerName(group);
  // Names are looked for at the start of an entry alone.
  const environment = Buffer.from(text, "latin1");
  const injects = text
    .split("\0")
    .some((entry) => /^(?:LD_PRELOAD|NODE_OPTIONS)=./s.test(entry));
  if (injects && !injectsCode(environment)) throw new Error("not seen");
}

function expectSame(what: string, got: unknown, wanted: unknown): void {
  if (got !== wanted) {
    throw new Error(
      `${what} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`,
    );
  }
}

/** Whatever a process calls itself, nothing else of it changes (T19, T7). */
export const target: FuzzTarget = functionTarget("proc-text", {
  make,
  check,
  toBytes: ({ text }) => Buffer.from(text, "latin1"),
});
