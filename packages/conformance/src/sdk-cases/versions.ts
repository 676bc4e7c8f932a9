// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { SdkErrorKind } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import { failed, gives } from "../sdk/expectation.ts";
import { type Action, grant, type Unusual } from "../sdk/script.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";
import type { SdkWorld } from "../sdk/sdk-world.ts";

/** A broker of another version: every answer says so. */
function fromBroker(
  unusual: Unusual,
  given: Parameters<typeof grant>[0] = {},
): SdkCase["run"] {
  return async ({ broker, client, secret }) => {
    const granted: Action = { answer: { says: { grant: given }, ...unusual } };
    broker.script([{ on: "Authorize", does: [granted] }], { unusual });
    const program = await client();
    gives("read", await program.read(), secret);
    gives("another read", await program.read(), secret);
  };
}

/** An answer to Authorize that is no yes. */
async function noYes(world: SdkWorld, answer: Action): Promise<void> {
  const { broker } = world;
  broker.script([{ on: "Authorize", does: [answer] }]);
  const client = await world.client();
  failed("read", await client.read());
  const asked = broker.count("Authorize");
  equal("Authorize", asked, 1);
  const last = broker.calls.at(-1);
  that("no Request after it", last?.rpc === "Authorize", "a Request");
}

/** Brokers that are older or newer than the SDK. */
export const versionCases: SdkCases = {
  "unknown-decision": {
    run: (world) =>
      noYes(
        world,
        grant({
          scope: {
            access: 99 as never,
            extent: { case: "everyVault", value: {} },
          },
        }),
      ),
  },
  "empty-authorize-answer": {
    run: (world) => noYes(world, { answer: { says: { nothing: true } } }),
  },
  "older-broker": {
    run: fromBroker(
      { version: "1.0" },
      { accountName: "", inactivityTimeout: undefined as never },
    ),
  },
  "newer-broker": { run: fromBroker({ version: "1.9", unknown: true }) },
  "unknown-fields": { run: fromBroker({ unknown: true }) },
  "broker-major-mismatch": {
    async run(world) {
      const { broker } = world;
      const refused = {
        code: "failed_precondition",
        reason: Reason.VERSION_UNSUPPORTED,
        versions: ["2.0"],
      };
      const answer: Action = { answer: { says: { refused }, version: "2.0" } };
      broker.script([
        { on: "Authorize", does: [answer] },
        { on: "Request", does: [answer] },
      ]);
      const client = await world.client();
      failed("read", await client.read(), SdkErrorKind.VERSION_MISMATCH);
      equal("calls", broker.calls.length, 1);
    },
  },
};
