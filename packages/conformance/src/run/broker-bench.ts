// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import {
  CapabilitySchema,
  type DescribeResponse,
} from "@assent/protocol/conformance";
import { nativeCaller } from "../caller/native-caller.ts";
import type { CallEvent } from "../case/caller.ts";
import { brokerCases } from "../cases/index.ts";
import {
  type Control,
  ControlError,
  connectControl,
} from "../control/control.ts";
import {
  createBrokerProcess,
  ImplementationError,
} from "../implementation/broker-process.ts";
import type { FlavourName } from "../wire/flavour.ts";
import type { Bench } from "./bench.ts";
import { randomFrom } from "./random.ts";
import { runCase } from "./run-cases.ts";

/** How a broker is tried. */
export interface BrokerBenchOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  readonly flavour?: FlavourName;
  /** Starts what is released of it. */
  readonly release?: readonly [string, ...string[]] | undefined;
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of one case, milliseconds; undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Told every call of a case that was answered. */
  readonly onCall?: (event: CallEvent) => void;
}

const usualStartMs = 30_000;

/** @throws ImplementationError when what listens there is no control service */
async function describe(
  control: Control,
  limitMs: number,
): Promise<DescribeResponse> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `no answer within ${limitMs / 1_000} s`;
    timer = setTimeout(() => reject(new ControlError(why)), limitMs);
  });
  const asked = control.describe({});
  asked.catch(() => {});
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    throw new ImplementationError(
      `what listens at ASSENT_CONFORMANCE_CONTROL is no control service: ${(error as Error).message}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

const self = new URL(import.meta.url).pathname;
const extension = self.slice(self.lastIndexOf("."));

/** The caller that needs no compiler. */
export const nodeCaller: readonly [string, string] = [
  process.execPath,
  fileURLToPath(new URL(`../caller/node-caller${extension}`, import.meta.url)),
];

/**
 * A broker with a control service, started.
 * @throws ImplementationError when it does not start
 */
export async function createBrokerBench({
  command,
  env = {},
  release,
  flavour = "connect-proto",
  timeoutMs,
  onCall = () => {},
}: BrokerBenchOptions): Promise<Bench> {
  const native = nativeCaller();
  const startMs = Math.min(usualStartMs, timeoutMs ?? usualStartMs);
  const needsControl = true;
  const broker = createBrokerProcess({ command, env, needsControl, startMs });
  let control: Control | undefined;
  try {
    await broker.start();
    const steering = await connectControl(broker.controlEndpoint);
    control = steering;
    const described = await describe(steering, startMs);
    return {
      facts: {
        name: described.implementation,
        version: described.implementationVersion,
        protocolVersions: described.protocolVersions,
        capabilities: described.capabilities.map(
          (one) => CapabilitySchema.value[one]?.localName ?? String(one),
        ),
      },
      async run(id, seed, given) {
        const one = given ??
          brokerCases.get(id) ?? { pending: "not built yet" };
        const result = await runCase(id, one, {
          broker,
          control: steering,
          described,
          flavour,
          random: randomFrom(`${seed} ${id}`),
          nativeCaller: "path" in native ? native.path : undefined,
          nodeCaller,
          onCall,
          timeoutMs,
          ...(release === undefined ? {} : { release }),
        });
        // The next case begins with another.
        if (result.isStuck) await broker.kill("SIGKILL");
        return result;
      },
      async close() {
        steering.close();
        await broker.remove();
      },
    };
  } catch (error) {
    control?.close();
    await broker.remove();
    throw error;
  }
}
