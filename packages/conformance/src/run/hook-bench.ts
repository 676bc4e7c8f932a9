// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeCaller } from "../caller/native-caller.ts";
import { accountsOf, createFixture, type Fixture } from "../case/fixture.ts";
import { brokerCases } from "../cases/index.ts";
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

// Real passwords, on a machine that does much else.
const startMs = 180_000;

interface Common {
  readonly kept: string;
  readonly fixture: Fixture;
}

let made: Common | undefined;

/** The same for all cases: what a broker makes of it once it can use again. */
function common(): Common {
  if (made !== undefined) return made;
  const kept = mkdtempSync(join(tmpdir(), "assent-kept-"));
  process.once("exit", () => rmSync(kept, { recursive: true, force: true }));
  made = { kept, fixture: createFixture() };
  return made;
}

/**
 * A broker without a control service: commands or a person decide, lock and
 * unlock, or nobody does. @throws ImplementationError when it does not start
 */
export async function createHookBench(
  options: BrokerBenchOptions & {
    readonly hooks: Hooks;
    /** In place of commands. */
    readonly person?: Person;
  },
): Promise<Bench> {
  const { command, hooks, person, timeoutMs, release } = options;
  const native = nativeCaller();
  const { kept, fixture } = common();
  const broker = createBrokerProcess({
    command,
    env: { ASSENT_CONFORMANCE_KEEP: kept },
    needsControl: false,
    startMs,
  });
  const steer = (one: BrokerProcess) =>
    person ? personControl(one, person) : hookControl(one, hooks);
  const control = steer(broker);
  async function close(): Promise<void> {
    control.close();
    await broker.remove();
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
