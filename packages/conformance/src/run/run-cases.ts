// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import {
  CapabilitySchema,
  type DescribeResponse,
} from "@assent/protocol/conformance";
import { CallerError } from "../caller/caller-process.ts";
import { compilerAdvice } from "../caller/native-caller.ts";
import type { Case, Pending } from "../case/case.ts";
import { Failure, NotApplicable, NotRun } from "../case/verdict.ts";
import { createWorld, type WorldOptions } from "../case/world.ts";
import { ControlError } from "../control/control.ts";
import { missingOnMachine } from "../environment/machine.ts";

/** What came of a case. */
export type Outcome =
  | { readonly verdict: "pass" }
  | {
      readonly verdict: "fail";
      readonly assertion: string;
      readonly expected: string;
      readonly got: string;
    }
  /** A fault of the suite or of the machine; never blamed on the implementation. */
  | { readonly verdict: "error"; readonly why: string }
  | { readonly verdict: "not-run"; readonly why: string }
  /** An optional part that the implementation does not have. */
  | { readonly verdict: "not-applicable"; readonly why: string }
  | { readonly verdict: "pending"; readonly why: string };

const endMs = 100;

/** One case and what came of it. */
export interface CaseResult {
  readonly id: string;
  readonly outcome: Outcome;
  readonly ms: number;
  /** It did not come to an end: the broker may be in any state. */
  readonly isStuck?: boolean;
  /** What every case begins with and the control service does not do, as it says. */
  readonly controlFault?: string;
}

/** How a case is run. */
export interface RunOptions extends WorldOptions {
  /** Until a case has to be over, milliseconds; undefined: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

/** Run one case in a fresh state of the broker. */
export async function runCase(
  id: string,
  one: Case | Pending,
  options: RunOptions,
): Promise<CaseResult> {
  const began = performance.now();
  let isStuck = false;
  let controlFault: string | undefined;
  const outcome = await judge(one, options, {
    stuck: () => {
      isStuck = true;
    },
    controlFault: (why) => {
      controlFault = why;
    },
  });
  const ms = performance.now() - began;
  const result = { id, outcome, ms, isStuck };
  return controlFault === undefined ? result : { ...result, controlFault };
}

async function judge(
  one: Case | Pending,
  options: RunOptions,
  on: { stuck: () => void; controlFault: (why: string) => void },
): Promise<Outcome> {
  if ("pending" in one) return { verdict: "pending", why: one.pending };
  const missing = await missingFor(one, options.described, options);
  if (missing !== undefined) return { verdict: "not-run", why: missing };
  let hasBegun = false;
  try {
    if (!options.broker.isRunning) await options.broker.revive();
    const world = await createWorld(options);
    hasBegun = true;
    try {
      const { timeoutMs } = options;
      const limitMs = timeoutMs && timeoutMs + (one.lastsMs ?? 0);
      await inTime(one.run(world), limitMs, on.stuck);
      world.finish();
      if (!options.broker.isRunning) {
        const got = options.broker.failure ?? "it has ended";
        throw new Failure("the broker", "to live", got);
      }
      return { verdict: "pass" };
    } finally {
      for (const { process } of world.callers) process.kill();
    }
  } catch (error) {
    const outcome = outcomeOf(error);
    // What broke a connection may be its end, which is told a moment later.
    await Promise.race([options.broker.ended, wait(endMs)]);
    if (outcome.verdict === "error" && !options.broker.isRunning) {
      const got = options.broker.failure ?? "it has ended by itself";
      const assertion = "the broker";
      return { verdict: "fail", assertion, expected: "to live", got };
    }
    if (outcome.verdict === "fail" && !options.broker.isRunning) {
      const why = options.broker.failure ?? "it has ended";
      return { ...outcome, got: `${outcome.got}; the broker: ${why}` };
    }
    if (!hasBegun && error instanceof ControlError && error.isUnimplemented) {
      on.controlFault(error.message);
    }
    return outcome;
  }
}

/** What it means for a case that it ended with this error. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof NotRun) {
    return { verdict: "not-run", why: error.message };
  }
  if (error instanceof NotApplicable) {
    return { verdict: "not-applicable", why: error.message };
  }
  if (error instanceof Failure) {
    const { assertion, expected, got } = error;
    return { verdict: "fail", assertion, expected, got };
  }
  if (error instanceof ControlError) {
    const assertion = "the control service";
    const expected = "to do what it declares";
    return { verdict: "fail", assertion, expected, got: error.message };
  }
  const why =
    error instanceof CallerError
      ? error.message
      : String((error as Error).stack);
  return { verdict: "error", why };
}

/** Waits for a case. @throws Failure when it takes longer */
export async function inTime(
  run: Promise<void>,
  timeoutMs: number | undefined,
  onStuck: () => void = () => {},
): Promise<void> {
  if (timeoutMs === undefined) return await run;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onStuck();
      reject(
        new Failure(
          "the case",
          `to be over within ${timeoutMs / 1_000} s`,
          "it was not: a call was not answered, or not ended",
        ),
      );
    }, timeoutMs);
  });
  // Its callers are ended: what it still does comes to nothing.
  run.catch(() => {});
  try {
    await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function missingFor(
  { needs = {} }: Case,
  described: DescribeResponse,
  { nativeCaller }: WorldOptions,
): Promise<string | undefined> {
  const lacking = (needs.control ?? []).find(
    (capability) => !described.capabilities.includes(capability),
  );
  if (lacking !== undefined) {
    const name = CapabilitySchema.value[lacking]?.localName ?? lacking;
    return `the broker declares no ${name}`;
  }
  if (needs.nativeCaller && nativeCaller === undefined) {
    return compilerAdvice;
  }
  for (const feature of needs.machine ?? []) {
    const missing = await missingOnMachine(feature, nativeCaller);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
