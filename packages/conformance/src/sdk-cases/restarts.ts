// SPDX-License-Identifier: Apache-2.0

import { setTimeout as wait } from "node:timers/promises";
import { SdkErrorKind } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import type { NotApplicable } from "../case/verdict.ts";
import { atMost, failed, gives } from "../sdk/expectation.ts";
import { serve } from "../sdk/script.ts";
import type { SdkCases } from "../sdk/sdk-case.ts";

const { UNAVAILABLE, OUTCOME_UNKNOWN, DEADLINE_EXCEEDED } = SdkErrorKind;
const lost = [UNAVAILABLE, OUTCOME_UNKNOWN];
const many = 100;
const awayMs = 2_000;
const mostAttempts = 40;

/** Brokers that go away and come back. */
export const restartCases: SdkCases = {
  "restart-reconnects": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      await broker.stop();
      await broker.start();
      const first = await client.read();
      // It may not have heard yet that its connection is gone.
      if (first.case === "error") failed("the first read", first, ...lost);
      gives("a read", await client.read(), world.secret);
      equal("Authorize", broker.count("Authorize"), 1);
    },
  },
  "restart-backoff": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      await broker.stop();
      await broker.start();
      broker.script([], { turnsAway: true });
      const away = await client.read({ timeoutMs: awayMs });
      const gone = [...lost, DEADLINE_EXCEEDED];
      failed("a read while the broker turns away", away, ...gone);
      atMost("attempts in 2 s", broker.arrivals.length, mostAttempts);
      const pauses = broker.arrivals
        .slice(1)
        .map((at, index) => at - (broker.arrivals[index] ?? 0));
      if (pauses.length >= 3) {
        const middle = Math.floor(pauses.length / 2);
        const earliest = Math.min(...pauses.slice(0, middle));
        const latest = Math.max(...pauses.slice(middle));
        that("pauses do not shrink", latest >= earliest, pauses.join(", "));
      }
      await broker.stop("crashes");
      const dead = await client.read({ timeoutMs: awayMs });
      failed("a read while nobody listens", dead, ...gone);
      await broker.start();
      broker.script([]);
      gives("a read after it", await client.read(), world.secret);
    },
  },
  "restart-thundering": {
    async run(world) {
      const client = await world.authorized();
      const { broker, secret } = world;
      await broker.stop();
      const reads = Array.from({ length: many }, () => client.read());
      await wait(100);
      await broker.start();
      for (const read of await Promise.all(reads)) {
        if (read.case === "error") failed("read", read, ...lost);
        else gives("read", read, secret);
      }
      atMost("Authorize", broker.count("Authorize"), 1);
      const [first] = broker.connections;
      // By HTTP/1.1 a connection carries one call at a time.
      if (first?.http === 2)
        atMost("connections", broker.connections.length, 1);
    },
  },
  "goaway-graceful": {
    async run(world) {
      const client = await world.authorized();
      const { broker, secret } = world;
      broker.script([
        {
          on: "Request",
          times: 1,
          does: [{ goaway: "this" }, { hold: "the first" }, serve],
        },
      ]);
      const first = client.startRead();
      const isHeld = await broker.until(
        () =>
          broker.count("Request") === 1 || broker.notApplicable !== undefined,
      );
      that("the first read arrives", isHeld);
      if (broker.notApplicable) throw broker.notApplicable as NotApplicable;
      gives("a read after the GOAWAY", await client.read(), secret);
      broker.release("the first");
      gives("the read under way", await first.result, secret);
      const [begun, next] = broker.calls.filter(({ rpc }) => rpc === "Request");
      that(
        "it takes another connection",
        begun?.connection !== next?.connection,
        "the same connection",
      );
    },
  },
  "half-open": {
    async run(world) {
      const client = await world.client();
      const { broker } = world;
      await client.read();
      for (const connection of broker.connections) connection.freeze();
      // New connections are not answered either: a broker that hangs.
      broker.script([
        { on: "Authorize", does: [{ never: true }] },
        { on: "Request", does: [{ never: true }] },
      ]);
      const read = await client.read({ timeoutMs: 1_000 });
      failed("read", read, DEADLINE_EXCEEDED, ...lost);
    },
  },
};
