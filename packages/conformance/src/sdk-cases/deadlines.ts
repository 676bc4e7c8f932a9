// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { DriverFeature, SdkErrorKind } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import { failed, gives } from "../sdk/expectation.ts";
import { grant } from "../sdk/script.ts";
import type { SdkCases } from "../sdk/sdk-case.ts";
import type { SdkWorld } from "../sdk/sdk-world.ts";

const never = [{ never: true }] as const;
const deadlineMs = 1_000;
const earlyMs = 250;
const joinMs = 300;
/** No machine is so slow; nobody should wait so long. */
const lateMs = 4_000;

/** The broker sees that nobody waits for its last call any more. */
async function givenUp(world: SdkWorld, rpc: string): Promise<void> {
  const { broker } = world;
  const isGivenUp = await broker.until(
    () => broker.calls.findLast((call) => call.rpc === rpc)?.isGivenUp === true,
  );
  that("the broker sees that the call was given up", isGivenUp);
}

/** Time and cancellation reach the broker. */
export const deadlineCases: SdkCases = {
  "deadline-sent": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([]);
      gives("read", await client.read({ timeoutMs: 5_000 }), world.secret);
      for (const { rpc, timeoutMs } of broker.calls) {
        that(`${rpc} tells a deadline`, timeoutMs !== undefined);
        that(
          `${rpc} tells at most 5 s`,
          timeoutMs !== undefined && timeoutMs > 0 && timeoutMs <= 5_000,
          `${timeoutMs} ms`,
        );
      }
    },
  },
  "deadline-enforced": {
    async run(world) {
      const client = await world.authorized();
      world.broker.script([{ on: "Request", does: never }]);
      const began = performance.now();
      const read = await client.read({ timeoutMs: deadlineMs });
      const tookMs = performance.now() - began;
      failed("read", read, SdkErrorKind.DEADLINE_EXCEEDED);
      that("not early", tookMs >= deadlineMs - earlyMs, `${tookMs} ms`);
      that("at the deadline", tookMs <= lateMs, `${tookMs} ms`);
      await givenUp(world, "Request");
    },
  },
  "cancel-sent": {
    needs: { features: [DriverFeature.CANCEL] },
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", does: never }]);
      const read = client.startRead();
      await broker.until(() => broker.count("Request") === 1);
      client.cancel(read);
      failed("read", await read.result, SdkErrorKind.CANCELED);
      await givenUp(world, "Request");
    },
  },
  "cancel-during-authorize": {
    needs: { features: [DriverFeature.CANCEL] },
    async run(world) {
      const { broker, secret } = world;
      broker.script([
        { on: "Authorize", does: [{ hold: "the user" }, grant()] },
      ]);
      const client = await world.client();
      const first = client.startRead();
      const second = client.startRead();
      await broker.until(() => broker.count("Authorize") > 0);
      // When both of them wait cannot be seen from here.
      await broker.until(() => broker.count("Request") > 1, joinMs);
      await wait(joinMs);
      client.cancel(first);
      failed(
        "the read that was canceled",
        await first.result,
        SdkErrorKind.CANCELED,
      );
      that(
        "Authorize goes on",
        broker.calls.every(
          ({ rpc, isGivenUp }) => rpc !== "Authorize" || !isGivenUp,
        ),
        "it was given up",
      );
      broker.release("the user");
      gives("the other read", await second.result, secret);
      equal("Authorize", broker.count("Authorize"), 1);
    },
  },
  "response-slow": {
    async run(world) {
      const client = await world.authorized();
      const drip = Buffer.alloc(32, 1);
      world.broker.script([
        {
          on: "Request",
          does: [
            {
              head: [
                ["content-type", "application/*"],
                ["assent-protocol-version", "1.0"],
              ],
            },
            { drip, everyMs: 250 },
          ],
        },
      ]);
      const began = performance.now();
      const read = await client.read({ timeoutMs: deadlineMs });
      const tookMs = performance.now() - began;
      failed("read", read, SdkErrorKind.DEADLINE_EXCEEDED);
      that("the deadline holds", tookMs <= lateMs, `${tookMs} ms`);
    },
  },
};
