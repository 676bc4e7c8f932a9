// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Reason } from "@assent/protocol";
import {
  createClient,
  createUnaryTransport,
  type Timers,
} from "@assent/sdk-browserless";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf, turn } from "../test/client.ts";
import {
  canary,
  reference,
  refusal,
  resolveAll,
  startBroker,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { backoff, createChannel } from "./channel.ts";
import { processFacts } from "./endpoint.ts";

/** A clock on which pauses end when the test says so. */
function createPauses(): Timers & { readonly waits: number[]; end(): void } {
  let now = 0;
  const waiting = new Map<() => void, number>();
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    after(ms, run) {
      waits.push(ms);
      waiting.set(run, now + ms);
      return () => waiting.delete(run);
    },
    end() {
      now = Math.max(now, ...waiting.values());
      for (const run of [...waiting.keys()]) {
        waiting.delete(run);
        run();
      }
    },
  };
}

function connect(endpoint: string, timers = createPauses()) {
  const channel = createChannel({ endpoint, facts: processFacts(), timers });
  const client = createClient({
    account: "Personal",
    transport: createUnaryTransport(channel),
  });
  return { client, channel, timers };
}

const item = { vaultId: "v1", title: "GitHub", notes: canary };

test("one connection carries all calls, also the first ones", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  const calls = Array.from({ length: 20 }, () =>
    client.secrets.resolve(reference),
  );
  assert.equal(new Set(await Promise.all(calls)), new Set([canary]));
  assert.is(broker.opened, 1);
  await client.close();
});

test("a broker that was never there is not waited for, and nothing else is tried (SDK-012)", async () => {
  await using other = await startBroker();
  const { client, timers } = connect(join(other.directory, "elsewhere.sock"));
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "unavailable");
  assert.is(error.outcomeUnknown, false);
  assert.is(timers.waits.length, 0);
  assert.is(other.opened, 0);
});

test("a socket that a dead broker left is no broker", async () => {
  await using broker = await startBroker();
  await broker.stop();
  const script = `require("node:net").createServer().listen(process.argv[1], () =>
    process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script, broker.path]);
  const { client, timers } = connect(broker.path);
  const error = await errorOf(client.vaults.list());
  assert.is(error.code, "unavailable");
  assert.match(error.message, /ECONNREFUSED.*assent broker run/);
  assert.is(timers.waits.length, 0);
  rmSync(broker.path);
});

test("after a restart it connects again and assumes no access (SDK-009)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  await client.secrets.resolve(reference);
  await broker.stop();
  await broker.start();
  assert.is(await client.secrets.resolve(reference), canary);
  assert.is(broker.opened, 2);
  assert.is(broker.count("authorize"), 2);
  await client.close();
});

test("a hundred calls wait for a restart together: one connection, one Authorize (SDK-009)", async () => {
  await using broker = await startBroker();
  const { client, timers } = connect(broker.path);
  await client.secrets.resolve(reference);
  await broker.stop();
  const calls = Array.from({ length: 100 }, () =>
    client.secrets.resolve(reference),
  );
  while (timers.waits.length < 100) await turn();
  await broker.start();
  timers.end();
  assert.equal(new Set(await Promise.all(calls)), new Set([canary]));
  assert.is(broker.opened, 2);
  assert.is(broker.count("authorize"), 2);
  await client.close();
});

test("pauses grow and are bounded, and so are attempts (SDK-009)", async () => {
  await using broker = await startBroker();
  const { client, timers } = connect(broker.path);
  await client.secrets.resolve(reference);
  await broker.stop();
  const call = errorOf(client.secrets.resolve(reference));
  for (let pauses = 1; pauses < backoff.attempts; pauses += 1) {
    while (timers.waits.length < pauses) await turn();
    timers.end();
  }
  assert.is((await call).code, "unavailable");
  assert.equal(timers.waits, [50, 100, 200, 400, 500]);
  // From then on it is a broker that is not there.
  assert.is((await errorOf(client.vaults.list())).code, "unavailable");
  assert.is(timers.waits.length, 5);
});

test("an abort ends the wait for a restart (SDK-010)", async () => {
  await using broker = await startBroker();
  const { client, timers } = connect(broker.path);
  await client.secrets.resolve(reference);
  await broker.stop();
  const control = new AbortController();
  const call = errorOf(client.secrets.resolve(reference, control));
  while (timers.waits.length < 1) await turn();
  control.abort();
  assert.is((await call).code, "canceled");
});

test("an impostor that took the place between two calls gets no byte (SDK-001)", async () => {
  await using broker = await startBroker();
  const { client, timers } = connect(broker.path);
  await client.secrets.resolve(reference);
  await broker.stop();
  chmodSync(broker.directory, 0o777);
  await broker.start();
  const error = await errorOf(client.items.create(item));
  assert.is(error.code, "untrusted-endpoint");
  assert.is(error.outcomeUnknown, false);
  assert.is(broker.opened, 1);
  assert.is(timers.waits.length, 0);
});

test("a connection that breaks ends a reading, which is not sent again (SDK-002)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  await client.secrets.resolve(reference);
  broker.request = (message) => {
    for (const session of broker.sessions) session.destroy();
    return resolveAll(message);
  };
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "unavailable");
  assert.is(broker.count("request"), 3);
  await client.close();
});

test("a connection that breaks during a change leaves the outcome unknown (SDK-002)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  await client.authorize();
  broker.request = (message) => {
    for (const session of broker.sessions) session.destroy();
    return resolveAll(message);
  };
  const error = await errorOf(client.items.create(item));
  assert.is(error.code, "outcome-unknown");
  assert.is(error.outcomeUnknown, true);
  assert.is(broker.count("request"), 1);
  await client.close();
});

test("a process that changed gets another connection (SDK-003)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  await client.authorize();
  let first = true;
  broker.request = (message) => {
    if (!first) return resolveAll(message);
    first = false;
    throw refusal(Code.Unauthenticated, Reason.PROCESS_CHANGED);
  };
  assert.is(await client.secrets.resolve(reference), canary);
  assert.is(broker.opened, 2);
  await broker.until(() => broker.sessions.size === 1);
  await client.close();
});

test("a connection that is going away finishes its calls, and takes no new one (SDK-009)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  await client.authorize();
  const answer = Promise.withResolvers<void>();
  broker.request = async (message) => {
    await answer.promise;
    return resolveAll(message);
  };
  const slow = client.secrets.resolve(reference);
  await broker.until(() => broker.count("request") === 1);
  const [old] = broker.sessions;
  old?.goaway(0, 1_000_001);
  await new Promise((resolve) => old?.ping(resolve));
  const later = client.secrets.resolve(reference);
  await broker.until(() => broker.count("request") === 2);
  answer.resolve();
  assert.equal(await Promise.all([slow, later]), [canary, canary]);
  assert.is(broker.opened, 2);
  await client.close();
});

test("closing resets pending calls and closes the connection (SDK-008)", async () => {
  await using broker = await startBroker();
  broker.authorize = (_, context) => untilCanceled(context);
  const { client } = connect(broker.path);
  const call = errorOf(client.secrets.resolve(reference));
  await broker.until(() => broker.count("authorize") === 1);
  await client.close();
  assert.is((await call).code, "closed");
  await broker.until(() => broker.sessions.size === 0);
  assert.ok(broker.seen.at(-1)?.context.signal.aborted);
  await client.close();
  assert.is((await errorOf(client.vaults.list())).code, "closed");
  assert.is(broker.opened, 1);
});

test("closing while it connects leaves no connection (SDK-008)", async () => {
  await using broker = await startBroker();
  const { client } = connect(broker.path);
  const call = errorOf(client.secrets.resolve(reference));
  await client.close();
  assert.is((await call).code, "closed");
  await broker.until(() => broker.opened === 1 && broker.sessions.size === 0);
});

test("a closed channel opens nothing (SDK-008)", async () => {
  await using broker = await startBroker();
  const { channel } = connect(broker.path);
  await channel.close?.();
  const { signal } = new AbortController();
  const body = new Uint8Array();
  const request = { path: "/", headers: {}, body, signal, answerBytes: 1 };
  assert.is((await errorOf(channel.send(request))).code, "closed");
  assert.is(broker.opened, 0);
});

test.run();
