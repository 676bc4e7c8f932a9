// SPDX-License-Identifier: Apache-2.0
import { BrokerService, limits, RevokeRequestSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import { canary, createScriptedBroker } from "../test/scripted-broker.ts";
import { AssentError } from "./error.ts";
import { createFetchTransport } from "./fetch.ts";

type Fetch = typeof globalThis.fetch;

function revoke(fetch: Fetch, signal = new AbortController().signal) {
  const transport = createFetchTransport({ baseUrl: "http://x/", fetch });
  const { revoke } = BrokerService.method;
  const message = create(RevokeRequestSchema);
  return transport.unary(revoke, message, { signal, timeoutMs: 1_000 });
}

const headers = {
  "content-type": "application/proto",
  "assent-protocol-version": "1.0",
};

test("speaks Connect with fetch alone", async () => {
  const broker = createScriptedBroker();
  assert.is(await connect(broker).secrets.resolve(reference), canary);
});

test("asks for no compression, follows no redirect, adds no slash", async () => {
  await revoke(async (input, init) => {
    assert.is(input, "http://x/assent.v1.BrokerService/Revoke");
    assert.is(new Headers(init?.headers).get("accept-encoding"), "identity");
    assert.is(init?.redirect, "error");
    return new Response(null, { headers });
  });
});

test("an answer above the limit is refused as it arrives (SDK-015)", async () => {
  let pulled = 0;
  let canceled = false;
  const chunk = 65_536;
  const endless = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += chunk;
        controller.enqueue(new Uint8Array(chunk));
      },
      cancel() {
        canceled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const error = await errorOf(
    revoke(async () => new Response(endless, { headers })),
  );
  assert.is(error.code, "limit-exceeded");
  assert.is(pulled, limits.messageBytes + chunk);
  assert.ok(canceled);
});

test("what fetch says of a failure goes no further (SDK-007, SDK-016)", async () => {
  const error = await errorOf(
    revoke(() => Promise.reject(new TypeError(`failed: ${canary}`))),
  );
  assert.is(error.code, "unavailable");
  assert.is(error.outcomeUnknown, true);
  assert.is(error.cause, undefined);
  assert.not(String(error.stack).includes(canary));
});

test("an answer that breaks off is a typed error (SDK-016)", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("reset")),
  });
  const error = await errorOf(
    revoke(async () => new Response(broken, { headers })),
  );
  assert.is(error.code, "unavailable");
});

test("sends nothing when it is too late", async () => {
  let sent = 0;
  const reason = new AssentError("canceled");
  const call = revoke(async () => {
    sent += 1;
    return new Response(null, { headers });
  }, AbortSignal.abort(reason));
  assert.is(await errorOf(call), reason);
  assert.is(sent, 0);
});

test.run();
