// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import {
  DriverFeature,
  DriverFeatureSchema,
  type HelloResult,
} from "@assent/protocol/conformance";
import type { Pending } from "../case/case.ts";
import { Failure, NotApplicable, NotRun } from "../case/verdict.ts";
import { missingOnMachine } from "../environment/machine.ts";
import { inherited } from "../implementation/inherited.ts";
import {
  type CaseResult,
  inTime,
  type Outcome,
  outcomeOf,
} from "../run/run-cases.ts";
import {
  DriverError,
  type DriverOp,
  startDriver,
  usualAnswerMs,
} from "./driver-process.ts";
import type { SdkCase } from "./sdk-case.ts";
import { createSdkWorld, type SdkUnderTest } from "./sdk-world.ts";

/** What a run of an SDK's cases is given. */
export interface SdkRunOptions extends SdkUnderTest {
  /** What `describeSdk` found. */
  readonly described: HelloResult;
}

/** Start the driver once and ask who it is. @throws DriverError */
export async function describeSdk(sdk: SdkUnderTest): Promise<HelloResult> {
  const driver = startDriver({
    command: sdk.command,
    framing: sdk.framing,
    answerMs: Math.min(usualAnswerMs, sdk.timeoutMs ?? usualAnswerMs),
    env: {
      ...inherited(),
      HOME: process.env["HOME"] ?? "/",
      ...sdk.env,
    },
  });
  try {
    const op: DriverOp = { case: "hello", value: { driverProtocol: 1 } };
    const result = await driver.tell(op).result;
    if (result.case === "hello") return result.value;
    throw new DriverError(`the driver answered hello with ${result.case}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new DriverError(`the driver did not answer hello: ${error.got}`);
  } finally {
    driver.kill();
    await driver.ended;
  }
}

/** Run one case with a broker, a home and programs of its own. */
export async function runSdkCase(
  id: string,
  one: SdkCase | Pending,
  options: SdkRunOptions,
): Promise<CaseResult> {
  const began = performance.now();
  const outcome = await judge(one, options);
  return { id, outcome, ms: performance.now() - began };
}

async function judge(
  one: SdkCase | Pending,
  options: SdkRunOptions,
): Promise<Outcome> {
  if ("pending" in one) return { verdict: "pending", why: one.pending };
  try {
    const { features = [], machine = [] } = one.needs ?? {};
    for (const feature of features) await needFeature(feature, options);
    for (const feature of machine) {
      const missing = await missingOnMachine(feature, undefined);
      if (missing !== undefined) throw new NotRun(missing);
    }
    const world = await createSdkWorld(options, options.described);
    try {
      await inTime(one.run(world), options.timeoutMs);
      await world.finish();
      return { verdict: "pass" };
    } catch (error) {
      // Why a script could not be followed explains what came of it.
      throw world.broker.notApplicable ?? error;
    } finally {
      await world.end();
      rmSync(world.home, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof DriverError) {
      return { verdict: "error", why: error.message };
    }
    return outcomeOf(error);
  }
}

/** What shows that a feature is absent: the driver cannot do this. Of the channel nothing does. */
const probes: Readonly<Partial<Record<DriverFeature, DriverOp>>> = {
  [DriverFeature.FORK]: { case: "child", value: { fork: true } },
  [DriverFeature.CANCEL]: { case: "cancel", value: 1n },
  [DriverFeature.WRITE]: { case: "write", value: { client: "probe" } },
  [DriverFeature.MANUAL_AUTHORIZE]: {
    case: "authorize",
    value: { client: "probe" },
  },
  [DriverFeature.DEBUG_LOG]: {
    case: "open",
    value: { client: "logging", debugLogging: true },
  },
};

function featureName(feature: DriverFeature): string {
  const name = DriverFeatureSchema.value[feature]?.name;
  return name?.replace("DRIVER_FEATURE_", "") ?? String(feature);
}

/** @throws NotApplicable without the feature; Failure when it is there but not declared */
async function needFeature(
  feature: DriverFeature,
  options: SdkRunOptions,
): Promise<void> {
  if (options.described.features.includes(feature)) return;
  const probe = probes[feature];
  const name = featureName(feature);
  if (probe !== undefined && (await canDo(probe, options))) {
    throw new Failure(
      `feature ${name}`,
      "declared, or absent",
      "the driver has it and does not declare it",
    );
  }
  throw new NotApplicable(`the SDK does not declare ${name}`);
}

async function canDo(op: DriverOp, options: SdkRunOptions): Promise<boolean> {
  const world = await createSdkWorld(options, options.described);
  try {
    const driver = world.program();
    const { endpoint } = world.broker;
    driver.tell({ case: "open", value: { client: "probe", endpoint } });
    const asked: DriverOp =
      op.case === "open"
        ? { case: "open", value: { ...op.value, endpoint } as never }
        : op;
    return (await driver.tell(asked).result).case !== "unsupported";
  } finally {
    await world.end();
    rmSync(world.home, { recursive: true, force: true });
  }
}
