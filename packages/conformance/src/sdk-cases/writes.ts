// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { DriverFeature, SdkErrorKind } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import { atMost, failed, wentWell } from "../sdk/expectation.ts";
import { refusedStream } from "../sdk/http-faults.ts";
import { type Action, refuse, serve } from "../sdk/script.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";

const write = [DriverFeature.WRITE];
const lost = [SdkErrorKind.OUTCOME_UNKNOWN, SdkErrorKind.UNAVAILABLE];

/** A write that the broker may have carried out: it is not sent again. */
function sentOnce(...then: readonly Action[]): SdkCase {
  return {
    needs: { features: write },
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", does: then }]);
      failed("write", await client.write(), ...lost);
      equal("Requests", broker.count("Request"), 1);
    },
  };
}

/** Ways of saying that a call was not begun. */
const notBegun: readonly (readonly Action[])[] = [
  [{ reset: refusedStream }],
  [{ goaway: "before" }, { close: "end" }],
];

/** What an SDK does when the way to the broker breaks. */
export const writeCases: SdkCases = {
  "expired-during-write": {
    needs: { features: write },
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      const expired = refuse("unauthenticated", Reason.SESSION_EXPIRED);
      broker.script([{ on: "Request", times: 1, does: [expired] }]);
      wentWell("write", await client.write());
      equal("Authorize", broker.count("Authorize"), 1);
      equal("Requests", broker.count("Request"), 2);
    },
  },
  "write-connection-lost": sentOnce({ close: "break" }),
  "write-goaway-above": sentOnce({ goaway: "this" }, { close: "end" }),
  "write-unavailable-body": sentOnce(refuse("unavailable")),
  "write-rst-refused": {
    needs: { features: write },
    async run(world) {
      const { broker } = world;
      for (const then of notBegun) {
        broker.script([]);
        const client = await world.authorized();
        broker.script([{ on: "Request", times: 1, does: then }]);
        const result = await client.write();
        if (result.case === "error") failed("write", result, ...lost);
        atMost("Requests", broker.count("Request"), 2);
        const again = result.case === "error" ? 1 : 2;
        equal("Requests", broker.count("Request"), again);

        broker.script([{ on: "Request", does: then }]);
        failed("a write that is never begun", await client.write(), ...lost);
        atMost("Requests", broker.count("Request"), 2);
      }
    },
  },
  "read-connection-lost": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", does: [{ close: "break" }] }]);
      failed("read", await client.read(), ...lost);
      atMost("Requests", broker.count("Request"), 10);
      that("it was asked", broker.count("Request") > 0);
      broker.script([{ on: "Request", does: [serve] }]);
      wentWell("the next read", await client.read());
    },
  },
};
