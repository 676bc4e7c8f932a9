// SPDX-License-Identifier: Apache-2.0
import { startCaller } from "../caller/caller-process.ts";
import { equal, that } from "../case/check.ts";
import { listVaults } from "../case/operations.ts";
import { createBrokerProcess } from "../implementation/broker-process.ts";
import { nodeCaller } from "../run/broker-bench.ts";
import { outcomeOf } from "../run/run-cases.ts";
import type { Check } from "./run-checks.ts";
import { withScriptedWorld } from "./scripted-world.ts";

/** Serves nothing, and goes on until it is ended. */
const standIn = `
  require("node:net").createServer().listen(process.env.ASSENT_ENDPOINT);
  process.on("SIGTERM", () => process.exit(0));`;
const manyCalls = 5;

/** What the suite makes of the processes that it starts. */
export const processChecks: Readonly<Record<string, Check>> = {
  async "crashed-caller-is-a-fault"() {
    const caller = await startCaller({ command: nodeCaller });
    // It does not get to do what it is told.
    caller.kill("SIGSTOP");
    const told = caller.title("another").then(
      () => undefined,
      (error: unknown) => error,
    );
    caller.kill("SIGKILL");
    const error = await told;
    that("what it was told fails", error !== undefined);
    equal("verdict", outcomeOf(error).verdict, "error");
  },
  async "no-process-is-left"() {
    const command = [process.execPath, "-e", standIn] as const;
    const broker = createBrokerProcess({ command, needsControl: false });
    await broker.start();
    const { pid } = broker;
    that("it runs", isAlive(pid));
    await broker.remove();
    const isLeft = isAlive(pid);
    if (isLeft) process.kill(pid, "SIGKILL");
    that("it has ended", !isLeft, "it goes on");
  },
  async "every-call-is-told"() {
    await withScriptedWorld(async ({ world, told }) => {
      const caller = await world.caller();
      for (let call = 0; call < manyCalls; call += 1) {
        await caller.request(listVaults);
      }
      equal("calls told", told.length, manyCalls);
    });
  },
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
