// SPDX-License-Identifier: Apache-2.0
import { Access, Reason } from "@assent/protocol";
import { DriverFeature, SdkErrorKind } from "@assent/protocol/conformance";
import { equal, that } from "../case/check.ts";
import { atMost, failed, gives, wentWell } from "../sdk/expectation.ts";
import { type Action, grant, refuse, serve } from "../sdk/script.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";

const expired = refuse("unauthenticated", Reason.SESSION_EXPIRED);
const denied = refuse("permission_denied", Reason.PROMPT_DENIED);
const timedOut = refuse("permission_denied", Reason.PROMPT_TIMED_OUT);
const locked = refuse("unauthenticated", Reason.ACCOUNT_LOCKED);
const many = 50;

/** A prompt that the user ended: the SDK tells it, and asks nobody again. */
function noReask(answer: Action, kind: SdkErrorKind): SdkCase {
  return {
    async run(world) {
      const { broker } = world;
      broker.script([{ on: "Authorize", does: [answer] }]);
      const client = await world.client();
      failed("the first read", await client.read(), kind);
      failed("the second read", await client.read(), kind);
      equal("Authorize", broker.count("Authorize"), 1);
    },
  };
}

/** When an SDK asks the user, how often, and what it makes of the answer. */
export const authorizationCases: SdkCases = {
  "first-call-authorizes": {
    async run(world) {
      const client = await world.client();
      gives("read", await client.read(), world.secret);
      equal("Authorize", world.broker.count("Authorize"), 1);
      atMost("Requests", world.broker.count("Request"), 2);
    },
  },
  "single-flight": {
    async run(world) {
      const { broker, secret } = world;
      broker.script([{ on: "Authorize", does: [{ waitMs: 200 }, grant()] }]);
      const client = await world.client();
      const reads = Array.from({ length: many }, () => client.read());
      for (const read of await Promise.all(reads)) gives("read", read, secret);
      equal("Authorize", broker.count("Authorize"), 1);
    },
  },
  "single-flight-per-account": {
    async run(world) {
      const { broker, acct1, acct2, secret } = world;
      const client = await world.client();
      const reads = [acct1, acct2].flatMap(({ id: account }) =>
        Array.from({ length: many / 2 }, () => client.read({ account })),
      );
      for (const read of await Promise.all(reads)) gives("read", read, secret);
      equal("Authorize", broker.count("Authorize"), 2);
      for (const { id, name } of [acct1, acct2]) {
        equal(`Authorize of ${name}`, broker.count("Authorize", id), 1);
      }
    },
  },
  "single-flight-denied": {
    async run(world) {
      const { broker } = world;
      broker.script([{ on: "Authorize", does: [{ waitMs: 200 }, denied] }]);
      const client = await world.client();
      const reads = Array.from({ length: many }, () => client.read());
      for (const read of await Promise.all(reads)) {
        failed("read", read, SdkErrorKind.DENIED);
      }
      equal("Authorize", broker.count("Authorize"), 1);
    },
  },
  "expired-once": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", times: 1, does: [expired] }]);
      gives("read", await client.read(), world.secret);
      equal("Authorize", broker.count("Authorize"), 1);
      equal("Requests", broker.count("Request"), 2);
    },
  },
  "expired-twice": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", does: [expired] }]);
      failed("read", await client.read(), SdkErrorKind.EXPIRED);
      equal("Authorize", broker.count("Authorize"), 1);
      equal("Requests", broker.count("Request"), 2);
    },
  },
  "denied-no-reask": noReask(denied, SdkErrorKind.DENIED),
  "prompt-timeout-no-reask": noReask(timedOut, SdkErrorKind.PROMPT_TIMED_OUT),
  "locked-no-reask": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      broker.script([{ on: "Request", does: [locked] }]);
      failed("the read under way", await client.read(), SdkErrorKind.LOCKED);
      failed("the next read", await client.read(), SdkErrorKind.LOCKED);
      equal("Authorize", broker.count("Authorize"), 0);
    },
  },
  "denied-next-explicit-call": {
    needs: { features: [DriverFeature.MANUAL_AUTHORIZE] },
    async run(world) {
      const { broker } = world;
      broker.script([{ on: "Authorize", times: 1, does: [denied] }]);
      const client = await world.client();
      failed("read", await client.read(), SdkErrorKind.DENIED);
      equal("Authorize before", broker.count("Authorize"), 1);
      wentWell("authorize", await client.authorize());
      equal("Authorize after", broker.count("Authorize"), 2);
      gives("read", await client.read(), world.secret);
    },
  },
  "narrowed-grant-surfaced": {
    needs: { features: [DriverFeature.MANUAL_AUTHORIZE] },
    async run(world) {
      const { broker } = world;
      const scope = {
        access: Access.READ,
        extent: { case: "vaults" as const, value: { vaults: ["V2"] } },
      };
      broker.script([{ on: "Authorize", does: [grant({ scope })] }]);
      const client = await world.client();
      const given = await client.authorize();
      wentWell("authorize", given);
      const extent = given.case === "ok" && given.value.grantedScope?.extent;
      that(
        "the program sees what was granted",
        extent !== false && extent?.case === "vaults",
        "another scope",
      );
      const outside = refuse("permission_denied", Reason.OUT_OF_SCOPE);
      broker.script([{ on: "Request", does: [outside] }]);
      const read = await client.read();
      failed("a read outside of it", read, SdkErrorKind.OUT_OF_SCOPE);
      equal("Authorize", broker.count("Authorize"), 0);
    },
  },
  "revoke-on-logout": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      wentWell("revoke", await client.revoke());
      equal("Revoke", broker.count("Revoke"), 1);
      failed("a read after it", await client.read());
      equal("Authorize", broker.count("Authorize"), 0);
    },
  },
  "identity-claims-ignored": {
    async run(world) {
      const { broker, secret } = world;
      const claims: Action = {
        answer: {
          says: { served: true },
          fields: [["server", "something else/9"]],
        },
      };
      const client = await world.authorized();
      broker.script([{ on: "Request", does: [claims] }]);
      gives("read", await client.read(), secret);
      broker.script([{ on: "Request", does: [serve] }]);
      gives("read", await client.read(), secret);
    },
  },
};
