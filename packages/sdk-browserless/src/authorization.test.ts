// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  AuthorizeResponseSchema,
  EveryVaultSchema,
  Interaction,
  Reason,
  ScopeSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  accountId,
  canary,
  createScriptedBroker,
  grant,
  refusal,
  resolveAll,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { createManualTimers } from "../test/timers.ts";
import { waitingMs } from "./authorization.ts";

const required = () =>
  refusal(Code.Unauthenticated, Reason.AUTHORIZATION_REQUIRED);
const denied = () => refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);

test("asks when access is missing, once, and repeats the call once (SDK-003, SDK-006)", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker);
  assert.is(await client.secrets.resolve(reference), canary);
  assert.equal(
    broker.seen.map(({ rpc }) => rpc),
    ["request", "authorize", "request"],
  );
  assert.is(await client.secrets.resolve(reference), canary);
  assert.is(broker.count("authorize"), 1);
});

for (const [reason, code] of [
  [Reason.SESSION_EXPIRED, "session-expired"],
  [Reason.PROCESS_CHANGED, "process-changed"],
] as const) {
  test(`asks again after ${code}, and gives up when that does not help (SDK-003)`, async () => {
    const broker = createScriptedBroker();
    broker.request = () => {
      throw refusal(Code.Unauthenticated, reason);
    };
    const error = await errorOf(connect(broker).secrets.resolve(reference));
    assert.is(error.code, code);
    assert.is(broker.count("authorize"), 1);
    assert.is(broker.count("request"), 2);
  });
}

test("shares one Authorize among fifty calls (SDK-006)", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker);
  const calls = Array.from({ length: 50 }, () =>
    client.secrets.resolve(reference),
  );
  assert.equal(new Set(await Promise.all(calls)), new Set([canary]));
  assert.is(broker.count("authorize"), 1);
});

test("a refusal that was under way when access came asks nobody (SDK-006)", async () => {
  const broker = createScriptedBroker();
  const late = Promise.withResolvers<void>();
  let first = true;
  broker.request = async ({ operation }) => {
    if (!first) return resolveAll(operation);
    first = false;
    await late.promise;
    throw required();
  };
  const client = connect(broker);
  const slow = client.secrets.resolve(reference);
  await broker.until("request", 1);
  await client.authorize();
  late.resolve();
  assert.is(await slow, canary);
  assert.is(broker.count("authorize"), 1);
});

test("clients of two accounts ask for each (SDK-006)", async () => {
  const broker = createScriptedBroker();
  broker.request = ({ account, operation }) => {
    if (account === "Personal" || account === "Work") throw required();
    return resolveAll(operation);
  };
  await Promise.all([
    connect(broker, { account: "Personal" }).secrets.resolve(reference),
    connect(broker, { account: "Work" }).secrets.resolve(reference),
  ]);
  assert.is(broker.count("authorize"), 2);
});

for (const [reason, code] of [
  [Reason.PROMPT_DENIED, "prompt-denied"],
  [Reason.PROMPT_TIMED_OUT, "prompt-timed-out"],
  [Reason.TOO_MANY_PROMPTS, "too-many-prompts"],
  [999, "not-approved"],
] as const) {
  test(`after ${code} only the program asks again (SDK-004, VER-004)`, async () => {
    const broker = createScriptedBroker();
    broker.authorize = () => {
      throw refusal(Code.PermissionDenied, reason);
    };
    const client = connect(broker);
    const calls = Array.from({ length: 50 }, () =>
      errorOf(client.secrets.resolve(reference)),
    );
    for (const error of await Promise.all(calls)) assert.is(error.code, code);
    assert.is(broker.count("authorize"), 1);
    assert.is((await errorOf(client.secrets.resolve(reference))).code, code);
    assert.is(broker.count("authorize"), 1);

    broker.authorize = () => grant();
    await client.authorize();
    assert.is(broker.count("authorize"), 2);
    let expired = true;
    broker.request = ({ operation }) => {
      if (!expired) return resolveAll(operation);
      expired = false;
      throw refusal(Code.Unauthenticated, Reason.SESSION_EXPIRED);
    };
    assert.is(await client.secrets.resolve(reference), canary);
    assert.is(broker.count("authorize"), 3);
  });
}

for (const [reason, code] of [
  [Reason.ACCOUNT_LOCKED, "account-locked"],
  [Reason.SESSION_REVOKED, "session-revoked"],
] as const) {
  test(`${code} during a call asks nobody, then or later (SDK-004)`, async () => {
    const broker = createScriptedBroker();
    const client = connect(broker);
    await client.authorize();
    broker.request = () => {
      throw refusal(Code.Unauthenticated, reason);
    };
    assert.is((await errorOf(client.secrets.resolve(reference))).code, code);
    broker.request = () => {
      throw required();
    };
    assert.is((await errorOf(client.secrets.resolve(reference))).code, code);
    assert.is(broker.count("authorize"), 1);
  });
}

const everyVault = {
  case: "everyVault",
  value: create(EveryVaultSchema),
} as const;
for (const [what, answer] of [
  ["nothing", create(AuthorizeResponseSchema)],
  ["no account", grant({ accountId: "" })],
  ["no scope", create(AuthorizeResponseSchema, { grant: { accountId } })],
  ["no access", grant({ scope: create(ScopeSchema, { extent: everyVault }) })],
  [
    "an unknown access",
    grant({
      scope: create(ScopeSchema, { access: 9 as Access, extent: everyVault }),
    }),
  ],
  [
    "an unknown extent",
    grant({ scope: create(ScopeSchema, { access: Access.READ }) }),
  ],
] as const) {
  test(`a grant of ${what} is no yes (VER-004)`, async () => {
    const broker = createScriptedBroker();
    broker.authorize = () => answer;
    broker.request = () => {
      throw required();
    };
    const client = connect(broker);
    const error = await errorOf(client.secrets.resolve(reference));
    assert.is(error.code, "not-approved");
    assert.is(broker.count("request"), 1);
    assert.is(client.grant, undefined);
    await errorOf(client.secrets.resolve(reference));
    assert.is(broker.count("authorize"), 1);
  });
}

test("lets the user pick when no account is named, and stays with the choice", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker, { account: "" });
  assert.is(await client.secrets.resolve(reference), canary);
  const [authorize, request] = broker.seen;
  assert.is(authorize?.rpc === "authorize" && authorize.message.account, "");
  assert.is(request?.rpc === "request" && request.message.account, accountId);
  assert.is(client.grant?.accountName, "Personal");

  broker.request = () => {
    throw refusal(Code.Unauthenticated, Reason.SESSION_EXPIRED);
  };
  broker.authorize = () => grant({ accountId: "other" });
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "wrong-account");
});

for (const account of ["abcdefghijklmnopqrstuvwx23", { id: "acct1" }]) {
  test(`an account named by id ${JSON.stringify(account)} is that one or none (T41)`, async () => {
    const broker = createScriptedBroker();
    const client = connect(broker, { account });
    assert.is((await errorOf(client.authorize())).code, "wrong-account");
    assert.is(client.grant, undefined);
    const id = typeof account === "string" ? account : account.id;
    broker.authorize = () => grant({ accountId: id });
    assert.is((await client.authorize()).accountId, id);
  });
}

test("a grant that is narrower than asked is shown (SDK-005)", async () => {
  const broker = createScriptedBroker();
  broker.authorize = () =>
    grant({
      scope: create(ScopeSchema, {
        access: Access.READ,
        extent: { case: "vaults", value: { vaults: ["v1"] } },
      }),
    });
  const client = connect(broker, { scope: { access: "read-write" } });
  const given = await client.authorize();
  assert.equal(given.scope, { access: "read", vaults: ["v1"] });
  assert.is(given.inactivityTimeoutMs, 600_000);
  assert.is(given.notAfter, undefined);
  assert.is(client.grant, given);
});

test("asks with what the options say, and with a wider scope after the program did", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker, {
    scope: { references: ["assent://Dev/GitHub"] },
    integrationName: "deploy",
    integrationVersion: "1.2",
    purpose: "Push the release",
    inactivityTimeoutMs: 60_000,
    interaction: "never",
  });
  await client.authorize();
  await client.authorize({ access: "read-write", vaults: ["Dev"] });
  broker.request = () => {
    throw required();
  };
  await errorOf(client.secrets.resolve(reference));
  const asked = broker.seen.flatMap((call) =>
    call.rpc === "authorize" ? [call.message] : [],
  );
  assert.is(asked[0]?.integration?.name, "deploy");
  assert.is(asked[0]?.integration?.version, "1.2");
  assert.is(asked[0]?.purpose, "Push the release");
  assert.is(asked[0]?.inactivityTimeout?.seconds, 60n);
  assert.is(asked[0]?.interaction, Interaction.NEVER);
  assert.equal(
    asked.map(({ scope }) => scope?.extent.case),
    ["references", "vaults", "vaults"],
  );
});

test("tells that the user is being asked once the answer takes its time", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  const answer = Promise.withResolvers<void>();
  broker.authorize = async () => {
    await answer.promise;
    return grant();
  };
  const told: unknown[] = [];
  const onWaiting = (info: unknown) => told.push(info);
  const client = connect(broker, { onWaiting }, timers);
  const call = client.secrets.resolve(reference);
  await broker.until("authorize", 1);
  timers.advance(waitingMs - 1);
  assert.is(told.length, 0);
  timers.advance(1);
  assert.equal(told, [
    { account: "Personal", scope: {}, elapsedMs: waitingMs },
  ]);
  answer.resolve();
  await call;
  await client.authorize();
  timers.advance(waitingMs);
  assert.is(told.length, 1);
  assert.is(timers.pending, 0);
});

test("one waiter that leaves does not end the wait of the other (SDK-010)", async () => {
  const broker = createScriptedBroker();
  const answer = Promise.withResolvers<void>();
  broker.authorize = async () => {
    await answer.promise;
    return grant();
  };
  const client = connect(broker);
  const control = new AbortController();
  const leaving = client.secrets.resolve(reference, control);
  const staying = client.secrets.resolve(reference);
  await broker.until("authorize", 1);
  await broker.until("request", 2);
  control.abort();
  assert.is((await errorOf(leaving)).code, "canceled");
  answer.resolve();
  assert.is(await staying, canary);
  assert.is(broker.count("authorize"), 1);
});

test("the last waiter that leaves ends the question, which is no refusal (SDK-010)", async () => {
  const broker = createScriptedBroker();
  broker.authorize = (_, context) => untilCanceled(context);
  const client = connect(broker);
  const control = new AbortController();
  const call = errorOf(client.secrets.resolve(reference, control));
  await broker.until("authorize", 1);
  control.abort();
  assert.is((await call).code, "canceled");
  const [, asked] = broker.seen;
  assert.ok(asked?.context.signal.aborted);

  broker.authorize = () => grant();
  assert.is(await client.secrets.resolve(reference), canary);
});

test("the user's silence for as long as the client allows is a refusal (SDK-004)", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  broker.authorize = (_, context) => untilCanceled(context);
  const client = connect(broker, { authorizeTimeoutMs: 60_000 }, timers);
  const call = errorOf(client.secrets.resolve(reference));
  await broker.until("authorize", 1);
  timers.advance(60_000);
  assert.is((await call).code, "prompt-timed-out");
  const later = await errorOf(client.secrets.resolve(reference));
  assert.is(later.code, "prompt-timed-out");
  assert.is(broker.count("authorize"), 1);
  const [, asked] = broker.seen;
  assert.ok((asked?.context.timeoutMs() ?? 0) <= 60_000);
});

test("a call's own time bounds the question it began, and no other call's (SDK-010)", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  const over = Promise.withResolvers<void>();
  broker.authorize = async () => {
    await over.promise;
    throw new ConnectError("deadline", Code.DeadlineExceeded);
  };
  const client = connect(broker, {}, timers);
  const timeoutMs = 60_000;
  const hasty = errorOf(client.authorize(undefined, { timeoutMs }));
  const patient = client.authorize();
  await broker.until("authorize", 1);
  const [asked] = broker.seen;
  assert.ok((asked?.context.timeoutMs() ?? timeoutMs + 1) <= timeoutMs);
  timers.advance(timeoutMs);
  assert.is((await hasty).code, "deadline-exceeded");
  broker.authorize = () => grant();
  over.resolve();
  assert.is((await patient).accountId, accountId);
  assert.is(broker.count("authorize"), 2);
});

test("without leave to interrupt, a missing access is an error (SDK-005)", async () => {
  const broker = createScriptedBroker();
  broker.authorize = ({ interaction }) => {
    assert.is(interaction, Interaction.NEVER);
    throw required();
  };
  const client = connect(broker, { interaction: "never" });
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "authorization-required");
});

test("revoke gives access up, and nothing asks for it again by itself (SDK-004)", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker, { account: "" });
  await client.revoke();
  assert.is(broker.count("revoke"), 0);
  await client.authorize();
  await client.revoke();
  const last = broker.seen.at(-1);
  assert.is(last?.rpc === "revoke" && last.message.account, accountId);
  assert.is(client.grant, undefined);
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "session-revoked");
  assert.is(broker.count("authorize"), 1);
});

test("revoke ends a question under way", async () => {
  const broker = createScriptedBroker();
  broker.authorize = (_, context) => untilCanceled(context);
  const client = connect(broker);
  const call = errorOf(client.secrets.resolve(reference));
  await broker.until("authorize", 1);
  await client.revoke();
  assert.is((await call).code, "session-revoked");
});

test("a denial does not end the access there is", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker);
  await client.authorize();
  broker.authorize = () => {
    throw denied();
  };
  const error = await errorOf(client.authorize({ access: "read-write" }));
  assert.is(error.code, "prompt-denied");
  assert.is(await client.secrets.resolve(reference), canary);
});

test.run();
