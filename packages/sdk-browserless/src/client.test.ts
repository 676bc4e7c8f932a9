// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  canary,
  createScriptedBroker,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { createManualTimers } from "../test/timers.ts";
import { assembleClient, createClient } from "./client.ts";
import { createFetchTransport } from "./fetch.ts";
import { systemTimers } from "./timers.ts";

test("is made of a fetch and where it leads, or of a transport", async () => {
  const { fetch } = createScriptedBroker();
  const baseUrl = "http://localhost";
  const transport = createFetchTransport({ baseUrl, fetch });
  for (const carrier of [{ baseUrl, fetch }, { transport }]) {
    const client = createClient({ account: "Personal", ...carrier });
    assert.is(await client.secrets.resolve(reference), canary);
  }
});

test("closing ends pending calls, a question included, and leaves no timer (SDK-008)", async () => {
  const broker = createScriptedBroker();
  const timers = createManualTimers();
  broker.authorize = (_, context) => untilCanceled(context);
  const client = connect(broker, {}, timers);
  const call = errorOf(client.secrets.resolve(reference));
  await broker.until("authorize", 1);
  await client.close();
  assert.is((await call).code, "closed");
  assert.ok(broker.seen.at(-1)?.context.signal.aborted);
  // The answer that nobody waits for any more is settled by the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(timers.pending, 0);
});

test("closes its transport, may be closed again, and refuses calls then (SDK-008)", async () => {
  const { fetch } = createScriptedBroker();
  let closed = 0;
  const transport = {
    ...createFetchTransport({ baseUrl: "http://x", fetch }),
    async close() {
      closed += 1;
    },
  };
  const client = assembleClient(transport, {}, systemTimers);
  {
    await using _ = client;
  }
  await client.close();
  assert.is(closed, 2);
  for (const call of [
    () => client.secrets.resolve(reference),
    () => client.vaults.list(),
    () => client.authorize(),
    () => client.revoke(),
  ]) {
    assert.is((await errorOf(call())).code, "closed");
  }
});

test("shows no secret however it is looked at (SDK-007)", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker);
  await client.secrets.resolve(reference);
  await client.secrets.resolveBytes(reference);
  const all = await client.secrets.resolveAll([reference]);
  for (const value of [client, client.grant, all, [...all], new Map(all)]) {
    const options = { depth: null, showHidden: true, getters: true };
    const seen = [
      inspect(value, options),
      JSON.stringify(value),
      String(value),
    ].join();
    assert.not(seen.includes(canary), seen);
  }
});

test("asks for what the default says: every vault, reading", async () => {
  const broker = createScriptedBroker();
  await connect(broker).authorize();
  const [asked] = broker.seen;
  if (asked?.rpc !== "authorize") throw new Error("no Authorize");
  const { scope, integration, purpose, inactivityTimeout } = asked.message;
  assert.is(scope?.access, 1);
  assert.is(scope?.extent.case, "everyVault");
  assert.is(integration, undefined);
  assert.is(purpose, "");
  assert.is(inactivityTimeout, undefined);
});

test.run();
