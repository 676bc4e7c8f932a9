// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeCaller } from "../caller/native-caller.ts";
import { brokerCases } from "../cases/index.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import {
  type Hooks,
  hookControl,
  writeFixture,
} from "../control/hook-control.ts";
import { type Person, personControl } from "../control/person-control.ts";
import { createBrokerProcess } from "../implementation/broker-process.ts";
import type { Bench } from "./bench.ts";
import { type BrokerBenchOptions, nodeCaller } from "./broker-bench.ts";
import { randomFrom } from "./random.ts";
import { runCase } from "./run-cases.ts";

/**
 * A broker without a control service: commands or a person decide, lock and
 * unlock, or nobody does. @throws ImplementationError when it does not start
 */
export async function createHookBench(
  options: BrokerBenchOptions & {
    readonly hooks: Hooks;
    /** In place of commands. */
    readonly person?: Person;
    readonly catalogue: Catalogue;
  },
): Promise<Bench> {
  const { command, hooks, person, catalogue, timeoutMs, release } = options;
  const native = nativeCaller();
  const home = mkdtempSync(join(tmpdir(), "assent-conf-"));
  const broker = createBrokerProcess({ command, home, needsControl: false });
  const control = person
    ? personControl(broker, person)
    : hookControl(broker, hooks);
  async function close(): Promise<void> {
    control.close();
    await broker.remove();
    rmSync(home, { recursive: true, force: true });
  }
  try {
    // Some brokers serve nobody before there is an account.
    writeFixture(broker, [
      { displayName: "Personal", credential: "of nothing" },
    ]);
    await broker.start();
    const described = await control.describe({});
    return {
      facts: {
        name: command.join(" "),
        version: "",
        protocolVersions: [],
        capabilities: [],
      },
      async run(id, seed) {
        const one = brokerCases.get(id) ?? { pending: "not built yet" };
        if (
          !("pending" in one) &&
          catalogue.cases.get(id)?.mode === "control"
        ) {
          const why = "a control service (docs/conformance/control-service.md)";
          return { id, outcome: { verdict: "not-run", why }, ms: 0 };
        }
        return await runCase(id, one, {
          broker,
          control,
          described,
          flavour: options.flavour ?? "connect-proto",
          random: randomFrom(`${seed} ${id}`),
          nativeCaller: "path" in native ? native.path : undefined,
          nodeCaller,
          onCall: options.onCall ?? (() => {}),
          timeoutMs,
          ...(release === undefined ? {} : { release }),
        });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
