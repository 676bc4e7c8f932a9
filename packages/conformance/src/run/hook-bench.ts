// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeCaller } from "../caller/native-caller.ts";
import { accountsOf, createFixture } from "../case/fixture.ts";
import { brokerCases } from "../cases/index.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type Hooks, hookControl } from "../control/hook-control.ts";
import { type Person, personControl } from "../control/person-control.ts";
import {
  type BrokerProcess,
  createBrokerProcess,
} from "../implementation/broker-process.ts";
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
  const kept = mkdtempSync(join(tmpdir(), "assent-kept-"));
  const broker = createBrokerProcess({
    command,
    home,
    env: { ASSENT_CONFORMANCE_KEEP: kept },
    needsControl: false,
  });
  const steer = (one: BrokerProcess) =>
    person ? personControl(one, person) : hookControl(one, hooks);
  const control = steer(broker);
  // The same for each case: what is made of it once can be used again.
  const fixture = createFixture();
  async function close(): Promise<void> {
    control.close();
    await broker.remove();
    for (const folder of [home, kept]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  try {
    const described = await control.describe({});
    await control.seed({ accounts: accountsOf(fixture) });
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
          fixture,
          steer,
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
