// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { release } from "node:os";
import type { Inspection } from "@assent/broker";
import type { Io } from "../io.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** The system and this Node: whether a broker can run here, and how well it can tell programs apart. */
export async function lookAtSystem(
  io: Io,
  inspection: Inspection,
): Promise<Finding[]> {
  return [
    inspection.platform === undefined
      ? ok("System", `Linux ${release()}: system calls, /proc and clock work`)
      : problem("System", inspection.platform),
    inspection.hasPeerPidfd
      ? ok("Identity", "the kernel pins who connects (SO_PEERPIDFD)")
      : warning(
          "Identity",
          "the kernel does not pin who connects; prompts say that identity is weaker",
          "Linux 6.5 and later do.",
        ),
    await lookAtNode(),
    lookAtClock(io),
    lookAtDebugging(),
    lookAtCoreFiles(),
    ...(io.userId === 0
      ? [
          warning(
            "User",
            "this is root, whose programs can read everything anyway",
            "Run Assent as the person whose secrets it keeps.",
          ),
        ]
      : []),
  ];
}

async function lookAtNode(): Promise<Finding> {
  const lacks: string[] = [];
  try {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(":memory:").close();
  } catch {
    lacks.push("node:sqlite");
  }
  const crypto = await import("node:crypto");
  if (typeof crypto.argon2 !== "function") lacks.push("Argon2");
  return lacks.length === 0
    ? ok("Node", `${process.version}, with node:sqlite and Argon2`)
    : problem(
        "Node",
        `${process.version} is without ${lacks.join(" and ")}`,
        "Use Node 24.7 or later, as its makers build it.",
      );
}

// Nothing of ours was there before.
const earliestMs = Date.UTC(2026, 0, 1);

function lookAtClock(io: Io): Finding {
  const now = io.now();
  return now >= earliestMs
    ? ok("Clock", new Date(now).toISOString())
    : warning(
        "Clock",
        `it says ${new Date(now).toISOString()}, and so will prompts and the log`,
        "Set the clock. How long access lasts does not depend on it.",
      );
}

function lookAtDebugging(): Finding {
  const scope = Number(textOf("/proc/sys/kernel/yama/ptrace_scope") || "0");
  return scope > 0
    ? ok("Debuggers", `closed to programs that are no parent (Yama: ${scope})`)
    : warning(
        "Debuggers",
        "any program of yours may look into another one; the broker closes itself, programs with access do not",
        "Where the kernel has Yama: sysctl kernel.yama.ptrace_scope=1",
      );
}

function lookAtCoreFiles(): Finding {
  const pattern = textOf("/proc/sys/kernel/core_pattern");
  const where = pattern.startsWith("|")
    ? `are given to ${pattern.slice(1).split(" ")[0]}`
    : "are written as files";
  return ok(
    "Core files",
    `of programs that crash ${where}; the broker leaves none`,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
