// SPDX-License-Identifier: Apache-2.0
import {
  BrokerService,
  limits,
  RequestRequestSchema,
  RequestResponseSchema,
  versionHeader,
} from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "../test/client.ts";
import { canary } from "../test/scripted-broker.ts";
import type { HttpRequest } from "./exchange.ts";
import { createUnaryTransport } from "./unary.ts";

const value = new TextEncoder().encode(canary);
const answerBytes = toBinary(
  RequestResponseSchema,
  create(RequestResponseSchema, {
    result: {
      result: {
        case: "resolvedSecrets",
        value: { secrets: [{ outcome: { case: "value", value } }] },
      },
    },
  }),
);
const good = {
  [versionHeader]: "1.0",
  "content-type": "application/proto",
};

/** One call, answered with exactly this; returns the request as well. */
async function call(
  status: number,
  headers: Record<string, string>,
  body: Uint8Array | string,
) {
  let sent: HttpRequest | undefined;
  const bytes =
    typeof body === "string" ? new TextEncoder().encode(body) : body;
  const transport = createUnaryTransport({
    async send(request) {
      sent = request;
      return { status, header: (name) => headers[name], body: bytes };
    },
  });
  const message = await transport.unary(
    BrokerService.method.request,
    create(RequestRequestSchema, { account: "Personal" }),
    { signal: new AbortController().signal, timeoutMs: 4_999.7 },
  );
  return { message, sent };
}

test("states version, encoding and deadline on each call (SDK-010)", async () => {
  const { sent } = await call(200, good, answerBytes);
  assert.is(sent?.path, "/assent.v1.BrokerService/Request");
  assert.is(sent?.headers["assent-protocol-version"], "1.0");
  assert.is(sent?.headers["connect-protocol-version"], "1");
  assert.is(sent?.headers["connect-timeout-ms"], "4999");
  assert.is(sent?.headers["content-type"], "application/proto");
  assert.is(sent?.answerBytes, limits.messageBytes);
});

test("ignores fields and headers it does not know (SDK-014, VER-005)", async () => {
  const unknown = Uint8Array.of(0xf8, 0x07, 1);
  const body = new Uint8Array([...unknown, ...answerBytes, ...unknown]);
  const headers = { ...good, [versionHeader]: "1.7", "x-new": "1" };
  const { message } = await call(200, headers, body);
  assert.is(message.result?.result.case, "resolvedSecrets");
});

const { [versionHeader]: _, ...unversioned } = good;
for (const [what, status, headers, body] of [
  ["HTML", 200, { ...good, "content-type": "text/html" }, "<html>"],
  ["no content type", 200, { [versionHeader]: "1.0" }, answerBytes],
  [
    "another encoding",
    200,
    { ...good, "content-encoding": "gzip" },
    answerBytes,
  ],
  ["no version", 200, unversioned, answerBytes],
  ["204", 204, good, ""],
  ["bytes that do not decode", 200, good, Uint8Array.of(10, 255, 255)],
  ["an error in HTML", 404, { "content-type": "text/html" }, "<html>"],
  [
    "an error that is no JSON",
    500,
    { "content-type": "application/json" },
    "{",
  ],
] as const) {
  test(`an answer with ${what} is a typed error (SDK-016)`, async () => {
    const error = await errorOf(call(status, headers, body));
    assert.is(error.code, "malformed-answer");
    assert.is(error.outcomeUnknown, true);
  });
}

test("half an answer is a typed error, wherever it is cut (SDK-016)", async () => {
  for (let length = 1; length < answerBytes.length; length += 1) {
    const error = await errorOf(call(200, good, answerBytes.slice(0, length)));
    assert.is(error.code, "malformed-answer");
    assert.not(error.message.includes("canary"));
  }
});

for (const [body, status, code] of [
  [{ code: "canceled" }, 499, "canceled"],
  [{ code: "unheard_of" }, 503, "unavailable"],
  [null, 403, "not-approved"],
  [7, 401, "not-approved"],
  [{ code: "permission_denied", details: "x" }, 403, "not-approved"],
  [{ code: "permission_denied", details: [null, {}] }, 403, "not-approved"],
] as const) {
  test(`an error answer ${JSON.stringify(body)} is ${code} (SDK-016)`, async () => {
    const headers = { "content-type": "application/json" };
    const error = await errorOf(call(status, headers, JSON.stringify(body)));
    assert.is(error.code, code);
  });
}

test("a detail that does not decode is a typed error (SDK-016)", async () => {
  for (const value of ["/w", "!", "CP8"]) {
    const body = {
      code: "permission_denied",
      details: [{ type: "assent.v1.ErrorDetail", value }],
    };
    const headers = { "content-type": "application/json" };
    const error = await errorOf(call(403, headers, JSON.stringify(body)));
    assert.is(error.code, "malformed-answer");
  }
});

test("503 of something in between says that nobody is there", async () => {
  const error = await errorOf(call(503, { "content-type": "text/plain" }, "x"));
  assert.is(error.code, "unavailable");
});

for (const version of ["2.0", "0.9", "1.0, 1.0", "one"]) {
  test(`refuses an answer of version ${version} (VER-005)`, async () => {
    const headers = { ...good, [versionHeader]: version };
    const error = await errorOf(call(200, headers, answerBytes));
    assert.is(error.code, "version-unsupported");
    assert.is(error.outcomeUnknown, true);
  });
}

test("a message above the limit is not sent", async () => {
  let sent = 0;
  const transport = createUnaryTransport({
    send() {
      sent += 1;
      return Promise.reject(new Error("sent"));
    },
  });
  const error = await errorOf(
    transport.unary(
      BrokerService.method.request,
      create(RequestRequestSchema, {
        account: "x".repeat(limits.messageBytes),
      }),
      { signal: new AbortController().signal, timeoutMs: 1_000 },
    ),
  );
  assert.is(error.code, "limit-exceeded");
  assert.is(sent, 0);
});

test.run();
