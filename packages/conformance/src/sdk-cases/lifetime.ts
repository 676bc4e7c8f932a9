// SPDX-License-Identifier: Apache-2.0
import { SdkErrorKind } from "@assent/protocol/conformance";
import { that } from "../case/check.ts";
import { failed } from "../sdk/expectation.ts";
import type { Rpc } from "../sdk/script.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";

// The rules say one second and two; a loaded machine may take longer.
const closeMs = 3_000;
const exitMs = 5_000;

/** A client is disposed of while this call waits for its answer. */
function disposedDuring(rpc: Rpc): SdkCase["run"] {
  return async (world) => {
    const { broker } = world;
    const client =
      rpc === "Request" ? await world.authorized() : await world.client();
    broker.script([{ on: rpc, does: [{ never: true }] }]);
    const read = client.startRead();
    await broker.until(() => broker.count(rpc) === 1);
    await client.dispose();
    failed("the read", await read.result, SdkErrorKind.DISPOSED);
    const isGivenUp = await broker.until(
      () => broker.calls.find((call) => call.rpc === rpc)?.isGivenUp === true,
      closeMs,
    );
    that(`the broker sees that ${rpc} was given up`, isGivenUp);
  };
}

/** What is left when a client is done: nothing. */
export const lifetimeCases: SdkCases = {
  "dispose-closes": {
    async run(world) {
      const { broker } = world;
      const client = await world.client();
      await client.read();
      const { connections } = broker;
      that("it connected", connections.length > 0);
      await client.dispose();
      const areClosed = await broker.until(
        () => connections.every(({ isClosed }) => isClosed),
        closeMs,
      );
      that("its connections are closed", areClosed);
    },
  },
  "dispose-cancels": { run: disposedDuring("Request") },
  "dispose-during-authorize": { run: disposedDuring("Authorize") },
  "dispose-process-exits": {
    async run(world) {
      for (const disposeFirst of [false, true]) {
        const client = await world.authorized();
        const how = disposeFirst ? "with dispose" : "without dispose";
        const end = await client.exit({ disposeFirst }, exitMs);
        that(`a program ${how} ends`, end !== undefined, "it goes on");
        that(`a program ${how} ends well`, end === 0, `exit ${end}`);
      }
    },
  },
  "dispose-idempotent": {
    async run(world) {
      const client = await world.authorized();
      await client.dispose();
      await client.dispose();
      failed("a read after it", await client.read(), SdkErrorKind.DISPOSED);
    },
  },
};
