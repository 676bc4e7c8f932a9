// SPDX-License-Identifier: Apache-2.0
import { Access, Reason, ScopeSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  createScriptedBroker,
  grant,
  refusal,
  resolveAll,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { createManualTimers } from "../test/timers.ts";
import { waitingMs } from "./authorization.ts";
import { isNarrower } from "./scope.ts";
import { createSession, type SessionStatus } from "./session.ts";

const vaultsGranted = (...vaults: string[]) =>
  grant({
    scope: create(ScopeSchema, {
      access: Access.READ,
      extent: { case: "vaults", value: { vaults } },
    }),
  });

/** A client with the states that it told, as they came. */
function follow(timers = createManualTimers()) {
  const broker = createScriptedBroker();
  const told: SessionStatus[] = [];
  const client = connect(
    broker,
    { onSession: (status) => told.push(status) },
    timers,
  );
  return {
    broker,
    client,
    timers,
    told,
    states: () => told.map((s) => s.state),
  };
}

test("a client that asked nothing has no session", () => {
  const { client } = follow();
  assert.equal(client.status, {
    state: "none",
    grant: undefined,
    waiting: undefined,
    error: undefined,
  });
});

test("tells that the user is asked, and what came of it", async () => {
  const { broker, client, timers, told, states } = follow();
  const answer = Promise.withResolvers<ReturnType<typeof grant>>();
  broker.authorize = () => answer.promise;
  const call = client.authorize({ access: "read-write" });
  await broker.until("authorize", 1);
  timers.advance(waitingMs);
  assert.equal(states(), ["waiting"]);
  assert.is(told[0]?.waiting?.account, "Personal");
  assert.equal(client.status, told[0]);
  answer.resolve(grant());
  await call;
  // Reading alone was granted, and writing asked for.
  assert.equal(states(), ["waiting", "narrowed"]);
  assert.equal(client.status.grant, client.grant);
  assert.is(client.status.waiting, undefined);
});

test("a yes to what was asked is granted, a yes to fewer vaults narrowed", async () => {
  const { broker, client, states } = follow();
  broker.authorize = () => vaultsGranted("id1", "id2");
  await client.authorize({ vaults: ["Dev", "Ops"] });
  broker.authorize = () => vaultsGranted("id1");
  await client.authorize({ vaults: ["Dev", "Ops"] });
  assert.equal(states(), ["granted", "narrowed"]);
});

test("a no is told, and an earlier grant stands", async () => {
  const { broker, client, states } = follow();
  await client.authorize();
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  await errorOf(client.authorize({ access: "read-write" }));
  assert.equal(states(), ["granted", "refused"]);
  assert.is(client.status.error?.code, "prompt-denied");
  assert.is(client.status.grant, client.grant);
});

test("who gives up while the user is asked takes the waiting back", async () => {
  const { broker, client, timers, states } = follow();
  broker.authorize = (_, context) => untilCanceled(context);
  const controller = new AbortController();
  const call = errorOf(
    client.authorize(undefined, { signal: controller.signal }),
  );
  await broker.until("authorize", 1);
  timers.advance(waitingMs);
  controller.abort();
  assert.is((await call).code, "canceled");
  // The shared call under it ends after the one that joined it.
  for (let turns = 0; turns < 1_000 && states().length < 2; turns += 1) {
    await Promise.resolve();
  }
  assert.equal(states(), ["waiting", "none"]);
});

for (const [reason, state] of [
  [Reason.SESSION_EXPIRED, "expired"],
  [Reason.ACCOUNT_LOCKED, "locked"],
  [Reason.SESSION_REVOKED, "revoked"],
  [Reason.PROCESS_CHANGED, "ended"],
  [Reason.AUTHORIZATION_REQUIRED, "ended"],
] as const) {
  test(`reason ${reason} is told as ${state}, once, when a call shows it`, async () => {
    const { broker, client, told } = follow();
    await client.authorize();
    broker.authorize = () => {
      throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
    };
    broker.request = () => {
      throw refusal(Code.Unauthenticated, reason);
    };
    const calls = [1, 2, 3].map(() =>
      errorOf(client.secrets.resolve(reference)),
    );
    await Promise.all(calls);
    const shown = told.filter((status) => status.state === state);
    assert.is(shown.length, 1);
    assert.is(shown[0]?.grant, undefined);
    assert.ok(shown[0]?.error);
  });
}

test("a call of an earlier grant that fails late ends nothing", async () => {
  const { broker, client } = follow();
  await client.authorize();
  const late = Promise.withResolvers<void>();
  broker.request = async ({ operation }) => {
    if (broker.count("request") > 1) return resolveAll(operation);
    await late.promise;
    throw refusal(Code.Unauthenticated, Reason.SESSION_EXPIRED);
  };
  const call = client.secrets.resolve(reference);
  await broker.until("request", 1);
  await client.authorize();
  late.resolve();
  await call;
  assert.is(client.status.state, "granted");
});

test("access that the program gives up is revoked", async () => {
  const { client, states } = follow();
  await client.authorize();
  await client.revoke();
  assert.equal(states(), ["granted", "revoked"]);
  assert.is(client.status.grant, undefined);
});

test("authorize asks with its own purpose and time, and so does what follows", async () => {
  const { broker, client } = follow();
  await client.authorize(
    { references: [reference] },
    { purpose: "Sign the release", inactivityTimeoutMs: 60_000 },
  );
  await client.authorize();
  for (const seen of broker.seen) {
    if (seen.rpc !== "authorize") throw new Error("not asked");
    const { purpose, inactivityTimeout, scope } = seen.message;
    assert.is(purpose, "Sign the release");
    assert.is(inactivityTimeout && durationMs(inactivityTimeout), 60_000);
    assert.is(scope?.extent.case, "references");
  }
  assert.is(broker.count("authorize"), 2);
});

test("authorize refuses a purpose or a time that breaks a rule, and asks nobody", async () => {
  const { broker, client } = follow();
  for (const options of [
    { purpose: "x".repeat(201) },
    { inactivityTimeoutMs: 999 },
  ]) {
    const error = await errorOf(client.authorize(undefined, options));
    assert.is(error.code, "invalid");
  }
  assert.is(broker.count("authorize"), 0);
});

test("a listener that throws hinders no call, and is told as an uncaught error", async () => {
  const thrown: unknown[] = [];
  const { queueMicrotask: own } = globalThis;
  globalThis.queueMicrotask = (run) => {
    try {
      run();
    } catch (error) {
      thrown.push(error);
    }
  };
  try {
    const session = createSession(() => {
      throw new Error("from the listener");
    });
    session.granted(
      {
        accountId: "a",
        accountName: "A",
        scope: {},
        inactivityTimeoutMs: undefined,
        notAfter: undefined,
      },
      {},
    );
    assert.is(session.status.state, "granted");
  } finally {
    globalThis.queueMicrotask = own;
  }
  assert.is(String(thrown), "Error: from the listener");
});

test("narrower is less access, less reach, or fewer of what was named", () => {
  const write = "read-write" as const;
  for (const [granted, asked, expected] of [
    [{}, {}, false],
    [{ access: write }, {}, false],
    [{}, { access: write }, true],
    [{ vaults: ["1"] }, {}, true],
    [{}, { vaults: ["1"] }, false],
    [{ vaults: ["1"] }, { vaults: ["a", "b"] }, true],
    [{ vaults: ["1"] }, { vaults: ["a", "a"] }, false],
    [{ references: ["1"] }, { vaults: ["a"] }, true],
    [{ vaults: ["1"] }, { references: ["a", "b"] }, false],
    [{ references: ["1"] }, { references: ["a", "b"] }, true],
    [{ references: ["1"] }, { references: ["a"] }, false],
  ] as const) {
    assert.is(
      isNarrower(granted, asked),
      expected,
      JSON.stringify([granted, asked]),
    );
  }
});

test.run();
