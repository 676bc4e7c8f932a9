// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { packaged } from "../catalogue/catalogue.ts";
import { exits } from "../run/conclusion.ts";
import type { MutantResult } from "./kill-matrix.ts";
import type { FailedCheck } from "./runner-checks.ts";

/** The suite itself broken on purpose. */
export interface RunnerMutant {
  readonly id: string;
  readonly what: string;
  /** That must notice, by its name. */
  readonly check: string;
}

/** As catalogue/runner-mutants.yaml has them. */
export function loadRunnerMutants(): readonly RunnerMutant[] {
  const file = packaged("catalogue", "runner-mutants.yaml");
  return parse(readFileSync(file, "utf8")) as RunnerMutant[];
}

/** How a broken suite is started: program and arguments, and what is added to its environment. */
export interface RunnerStart {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

const longestMs = 120_000;

/** A check that does not hold, in a line that `readChecks` reads. */
export function checkLine({ check, assertion, got }: FailedCheck): string {
  return `  ✘ ${check}: ${assertion}: ${got.replaceAll("\n", " ").slice(0, 300)}`;
}

function readChecks(text: string): readonly FailedCheck[] {
  const lines = text.matchAll(/^ {2}✘ (runner\/[a-z0-9-]+): (.*?): (.*)$/gm);
  return [...lines].map(([, check = "", assertion = "", got = ""]) => ({
    check,
    assertion,
    got,
  }));
}

/** Has a broken suite check itself: the check that is meant must not hold. */
export async function tryRunner(
  { id, what, check }: RunnerMutant,
  { command: [program, ...args], env }: RunnerStart,
): Promise<MutantResult> {
  const began = performance.now();
  const child = spawn(program, [...args, "selftest", "--checks"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    timeout: longestMs,
    killSignal: "SIGKILL",
  });
  const told: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => told.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => told.push(bytes));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  const text = Buffer.concat(told).toString();
  const failed = readChecks(text);
  const kills = failed
    .filter((one) => one.check === check)
    .map(({ assertion, got }) => ({ case: check, assertion, got }));
  const isKilled = code === exits.failed && kills.length > 0;
  const isBroken = code !== exits.failed && code !== exits.conforms;
  return {
    id,
    what,
    noticedBy: check,
    verdict: isKilled ? "killed" : isBroken ? "broken" : "survived",
    kills: isKilled ? kills : [],
    others: [],
    ran: failed.map((one) => one.check),
    why: isKilled ? [] : [`exit ${code}: ${text.slice(-500)}`],
    ms: Math.round(performance.now() - began),
  };
}
