// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeResponseSchema,
  SeedResponseSchema,
} from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import type { CallEvent } from "../case/caller.ts";
import { createWorld, type World } from "../case/world.ts";
import type { Control } from "../control/control.ts";
import type { BrokerProcess } from "../implementation/broker-process.ts";
import { nodeCaller } from "../run/broker-bench.ts";

/** What a check does with a world whose broker refuses everything. */
export interface ScriptedWorld {
  readonly world: World;
  /** What the broker is said to have printed. */
  prints(text: string): void;
  /** Every call that was told. */
  readonly told: readonly CallEvent[];
}

/** Gives a check a world; its callers are real, its broker is here and refuses each call. */
export async function withScriptedWorld(
  check: (scripted: ScriptedWorld) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "assent-selftest-"));
  const endpoint = join(home, "broker.sock");
  const server = createServer((_request, response) => {
    response.writeHead(401, {
      "content-type": "application/json",
      "assent-protocol-version": "1.0",
    });
    response.end(JSON.stringify({ code: "unauthenticated" }));
  });
  await new Promise<void>((resolve) => server.listen(endpoint, resolve));
  const printed: string[] = [];
  const told: CallEvent[] = [];
  const broker = {
    home,
    endpoint,
    pid: 0,
    isRunning: true,
    output: () => Buffer.from(printed.join("\n")),
  } as Partial<BrokerProcess> as BrokerProcess;
  const control = {
    reset: async () => ({}),
    seed: async () => create(SeedResponseSchema),
  } as Partial<Record<keyof Control, unknown>> as Control;
  try {
    const world = await createWorld({
      broker,
      control,
      described: create(DescribeResponseSchema),
      flavour: "connect-proto",
      random: () => 0,
      nativeCaller: undefined,
      nodeCaller,
      onCall: (event) => told.push(event),
    });
    try {
      await check({ world, prints: (text) => printed.push(text), told });
    } finally {
      for (const { process } of world.callers) process.kill();
    }
  } finally {
    server.close();
    rmSync(home, { recursive: true, force: true });
  }
}
