// SPDX-License-Identifier: Apache-2.0
import { limits, Reason } from "@assent/protocol";
import { Code, ConnectError } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  canary,
  createScriptedBroker,
  refusal,
  resolveAll,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { createManualTimers } from "../test/timers.ts";

const item = { vaultId: "v1", title: "GitHub", notes: canary };

test("a change that was refused for want of access is sent once more (SDK-002, SDK-003)", async () => {
  const broker = createScriptedBroker();
  let first = true;
  broker.request = () => {
    if (!first) throw refusal(Code.Aborted, Reason.CONFLICT);
    first = false;
    throw refusal(Code.Unauthenticated, Reason.SESSION_EXPIRED);
  };
  const error = await errorOf(connect(broker).items.create(item));
  assert.is(error.code, "conflict");
  assert.is(error.outcomeUnknown, false);
  assert.is(broker.count("authorize"), 1);
  assert.is(broker.count("request"), 2);
});

for (const code of [Code.Unavailable, Code.Unknown, Code.Internal]) {
  test(`a change answered with code ${code} and no reason is not sent again (SDK-002)`, async () => {
    const broker = createScriptedBroker();
    broker.request = () => {
      throw new ConnectError("", code);
    };
    const error = await errorOf(connect(broker).items.create(item));
    assert.is(error.outcomeUnknown, true);
    if (code === Code.Unavailable) assert.is(error.code, "outcome-unknown");
    assert.is(broker.count("request"), 1);
  });
}

test("a change the broker says it did not make is no unknown outcome (SDK-002)", async () => {
  const broker = createScriptedBroker();
  broker.request = () => {
    throw refusal(Code.Unavailable, Reason.STORAGE_FAILED);
  };
  const error = await errorOf(connect(broker).items.create(item));
  assert.is(error.code, "storage-failed");
  assert.is(error.outcomeUnknown, false);
});

test("a reading answered with unavailable is not sent again (SDK-002)", async () => {
  const broker = createScriptedBroker();
  broker.request = () => {
    throw new ConnectError("", Code.Unavailable);
  };
  const error = await errorOf(connect(broker).secrets.resolve(reference));
  assert.is(error.code, "unavailable");
  assert.is(broker.count("request"), 1);
});

test("a request ends at its deadline, which the broker knows (SDK-010)", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  broker.request = (_, context) => untilCanceled(context);
  const options = { requestTimeoutMs: 60_000 };
  const client = connect(broker, options, timers);
  const read = errorOf(client.secrets.resolve(reference));
  const write = errorOf(client.items.create(item));
  await broker.until("request", 2);
  timers.advance(60_000);
  assert.is((await read).code, "deadline-exceeded");
  assert.is((await read).outcomeUnknown, false);
  assert.is((await write).code, "deadline-exceeded");
  assert.is((await write).outcomeUnknown, true);
  for (const { context } of broker.seen) {
    assert.ok(context.signal.aborted);
    assert.ok((context.timeoutMs() ?? 60_001) <= 60_000);
  }
  assert.is(timers.pending, 0);
});

test("the time of a call covers all of it, the wait for the user included (SDK-010)", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  broker.authorize = (_, context) => untilCanceled(context);
  const client = connect(broker, {}, timers);
  const call = errorOf(
    client.secrets.resolve(reference, { timeoutMs: 60_000 }),
  );
  await broker.until("authorize", 1);
  timers.advance(60_000);
  assert.is((await call).code, "deadline-exceeded");
  assert.ok(broker.seen[1]?.context.signal.aborted);
});

test("an abort reaches the broker (SDK-010)", async () => {
  const broker = createScriptedBroker();
  broker.request = (_, context) => untilCanceled(context);
  const control = new AbortController();
  const call = errorOf(connect(broker).secrets.resolve(reference, control));
  await broker.until("request", 1);
  control.abort();
  assert.is((await call).code, "canceled");
  assert.ok(broker.seen[0]?.context.signal.aborted);
});

test("a call whose signal is aborted sends nothing (SDK-010)", async () => {
  const broker = createScriptedBroker();
  const signal = AbortSignal.abort();
  const call = connect(broker).secrets.resolve(reference, { signal });
  assert.is((await errorOf(call)).code, "canceled");
  assert.is(broker.seen.length, 0);
});

test("a result of another case is refused (SDK-016)", async () => {
  const broker = createScriptedBroker();
  broker.request = ({ operation }) => resolveAll(operation);
  const client = connect(broker);
  broker.request = () => ({
    case: "done",
    value: { $typeName: "assent.v1.Done" },
  });
  const read = await errorOf(client.secrets.resolve(reference));
  assert.is(read.code, "malformed-answer");
  broker.request = () => ({ case: undefined });
  const write = await errorOf(client.items.create(item));
  assert.is(write.code, "malformed-answer");
  assert.is(write.outcomeUnknown, true);
});

test("a request outside of the scope fails, and asks nobody (SDK-005)", async () => {
  const broker = createScriptedBroker();
  broker.request = () => {
    throw refusal(Code.PermissionDenied, Reason.OUT_OF_SCOPE);
  };
  const error = await errorOf(connect(broker).vaults.list());
  assert.is(error.code, "out-of-scope");
  assert.is(broker.count("authorize"), 0);
});

test("another version is told with what the broker speaks (VER-005)", async () => {
  const broker = createScriptedBroker();
  broker.request = () => {
    throw refusal(Code.FailedPrecondition, Reason.VERSION_UNSUPPORTED, "", [
      "2.0",
      "2.1",
    ]);
  };
  const error = await errorOf(connect(broker).secrets.resolve(reference));
  assert.is(error.code, "version-unsupported");
  assert.equal(error.supportedVersions, ["2.0", "2.1"]);
  assert.is(broker.seen.length, 1);
});

test("more calls than a process may have under way wait their turn", async () => {
  const broker = createScriptedBroker();
  let underWay = 0;
  let most = 0;
  broker.request = async ({ operation }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return resolveAll(operation);
  };
  const client = connect(broker);
  const calls = Array.from({ length: 1_000 }, () =>
    client.secrets.resolve(reference),
  );
  assert.equal(new Set(await Promise.all(calls)), new Set([canary]));
  assert.is(most, limits.callsPerProcess / 2);
});

test("timeouts that no timer can wait are refused", async () => {
  const client = connect(createScriptedBroker());
  for (const timeoutMs of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
    const call = client.secrets.resolve(reference, { timeoutMs });
    assert.is((await errorOf(call)).code, "invalid");
  }
});

test.run();
