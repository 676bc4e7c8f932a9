// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ControlService } from "@assent/protocol/conformance";
import { create, type DescMethodUnary } from "@bufbuild/protobuf";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { notServed, that } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import type { FlavourName } from "../wire/flavour.ts";

const methods: readonly DescMethodUnary[] = Object.values(
  ControlService.method,
);
const spoken: readonly FlavourName[] = [
  "connect-proto",
  "connect-json",
  "grpc",
  "connect-json-http1",
];

/** No method of the control service is there, however it is called. */
async function hasNoControl(
  what: string,
  caller: Caller,
  endpoint: string,
): Promise<void> {
  for (const name of spoken) {
    for (const method of methods) {
      const connection = await caller.process.connect(endpoint);
      const link = caller.linkOver(connection, name);
      const answer = await link.call(method, create(method.input, {}));
      notServed(`${method.name} at ${what} (${name})`, answer);
      link.close();
    }
  }
}

/** Every socket with a path below a folder. */
function socketsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSocket())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What of this suite must not be in what users run. */
export const releaseCases: Cases = {
  "no-control": {
    async run(world) {
      const broker = world.release();
      try {
        await broker.start();
        const caller = await world.caller();
        await hasNoControl("the endpoint", caller, broker.endpoint);
        for (const socket of socketsBelow(broker.home)) {
          const what = socket.slice(broker.home.length + 1);
          that(
            "nothing is served where ASSENT_CONFORMANCE_CONTROL says",
            socket !== broker.controlEndpoint,
            `a socket: ${what}`,
          );
          await hasNoControl(what, caller, socket);
        }
        world.scan(broker.output());
      } finally {
        await broker.remove();
      }
    },
  },
  "control-not-on-endpoint": {
    async run(world) {
      const caller = await world.granted();
      const stranger = await world.caller();
      await hasNoControl("the endpoint", caller, world.broker.endpoint);
      await hasNoControl("the endpoint", stranger, world.broker.endpoint);
      // Nothing that was called has happened.
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
    },
  },
};
