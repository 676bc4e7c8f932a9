// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:http2";
import {
  limits,
  RequestResponseSchema,
  ResolvedSecretsSchema,
} from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "../test/client.ts";
import { type RawConnection, startRawBroker } from "../test/raw-broker.ts";
import {
  canary,
  reference,
  startBroker,
  untilCanceled,
} from "../test/scripted-broker.ts";
import { createClient } from "./client.ts";

const value = new TextEncoder().encode(canary);
const body = toBinary(
  RequestResponseSchema,
  create(RequestResponseSchema, {
    result: {
      result: {
        case: "resolvedSecrets",
        value: create(ResolvedSecretsSchema, {
          secrets: [{ outcome: { case: "value", value } }],
        }),
      },
    },
  }),
);
const fields: readonly (readonly [string, string])[] = [
  [":status", "200"],
  ["content-type", "application/proto"],
  ["assent-protocol-version", "1.0"],
];
const item = { vaultId: "v1", title: "GitHub", notes: canary };

function good(connection: RawConnection, stream: number): void {
  connection.headers(stream, ...fields);
  connection.data(stream, body, true);
}

/** What a reading and a change come to when this is how they are answered. */
async function outcomes(
  answer: (connection: RawConnection, stream: number, nth: number) => void,
) {
  await using broker = await startRawBroker(answer);
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  const read = await client.secrets
    .resolve(reference)
    .catch((error: unknown) => error);
  const readings = broker.requests;
  const change = await errorOf(client.items.create(item));
  const changes = broker.requests - readings;
  await client.close();
  return { read, readings, change, changes };
}

test("an answer in hand-made frames is understood", async () => {
  const { read, readings } = await outcomes(good);
  assert.is(read, canary);
  assert.is(readings, 1);
});

test("what HTTP/2 says was not begun is sent once more (SDK-002)", async () => {
  for (const refuse of [
    (connection: RawConnection, stream: number) =>
      connection.reset(stream, constants.NGHTTP2_REFUSED_STREAM),
    (connection: RawConnection, stream: number) => {
      connection.goaway(stream - 2 > 0 ? stream - 2 : 0, 0);
      connection.close();
    },
    (connection: RawConnection) =>
      connection.goaway(0, constants.NGHTTP2_ENHANCE_YOUR_CALM),
  ]) {
    const { read, readings, change, changes } = await outcomes(
      (connection, stream, nth) =>
        nth % 2 === 1 ? refuse(connection, stream) : good(connection, stream),
    );
    assert.is(read, canary);
    assert.is(readings, 2);
    // This answer fits a reading only: the change went through twice as well.
    assert.is(change.code, "malformed-answer");
    assert.is(changes, 2);
  }
});

test("what is refused again is not sent a third time (SDK-002)", async () => {
  const { read, readings, change, changes } = await outcomes(
    (connection, stream) =>
      connection.reset(stream, constants.NGHTTP2_REFUSED_STREAM),
  );
  assert.is((read as { code?: string }).code, "unavailable");
  assert.is(readings, 2);
  assert.is(change.code, "unavailable");
  assert.is(change.outcomeUnknown, false);
  assert.is(changes, 2);
});

for (const [what, answer] of [
  [
    "a GOAWAY that includes the call",
    (connection: RawConnection, stream: number) => {
      connection.goaway(stream, 0);
      connection.close();
    },
  ],
  [
    "a GOAWAY with an error that includes the call",
    (connection: RawConnection, stream: number) =>
      connection.goaway(stream, constants.NGHTTP2_INTERNAL_ERROR),
  ],
  ["a close", (connection: RawConnection) => connection.close()],
  [
    "a reset",
    (connection: RawConnection, stream: number) =>
      connection.reset(stream, constants.NGHTTP2_INTERNAL_ERROR),
  ],
  [
    "a reset without an error",
    (connection: RawConnection, stream: number) =>
      connection.reset(stream, constants.NGHTTP2_NO_ERROR),
  ],
] as const) {
  test(`after ${what} nothing is sent again (SDK-002, SDK-016)`, async () => {
    const { read, readings, change, changes } = await outcomes(answer);
    assert.is((read as { code?: string }).code, "unavailable");
    assert.is(readings, 1);
    assert.is(change.code, "outcome-unknown");
    assert.is(changes, 1);
  });
}

const half = body.slice(0, body.length - 4);
for (const [what, answer] of [
  [
    "half a message and its end",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields);
      connection.data(stream, half, true);
    },
  ],
  [
    "half a message and a reset",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields);
      connection.data(stream, half, false);
      connection.reset(stream, constants.NGHTTP2_NO_ERROR);
    },
  ],
  [
    "half a message and a close",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields);
      connection.data(stream, half, false);
      connection.close();
    },
  ],
  [
    "less than it announces",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields, ["content-length", "99"]);
      connection.data(stream, body, true);
    },
  ],
  [
    "two content types",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields, ["content-type", "text/html"]);
      connection.data(stream, body, true);
    },
  ],
  [
    "two versions",
    (connection: RawConnection, stream: number) => {
      connection.headers(stream, ...fields, ["assent-protocol-version", "1.0"]);
      connection.data(stream, body, true);
    },
  ],
  [
    "no headers at all",
    (connection: RawConnection, stream: number) =>
      connection.data(stream, body, true),
  ],
] as const) {
  test(`${what} is a typed error without a part of the secret (SDK-016)`, async () => {
    const { read, readings, change } = await outcomes(answer);
    assert.ok(read instanceof Error, String(read));
    const codes = ["malformed-answer", "unavailable", "version-unsupported"];
    assert.ok(codes.includes((read as { code?: string }).code ?? ""));
    assert.not(String((read as Error).stack).includes(canary.slice(0, 6)));
    assert.is(readings, 1);
    assert.is(change.outcomeUnknown, true);
  });
}

test("an answer that announces 4 GiB is not waited for (SDK-015)", async () => {
  const { read } = await outcomes((connection, stream) =>
    connection.headers(stream, ...fields, ["content-length", "4294967296"]),
  );
  assert.is((read as { code?: string }).code, "limit-exceeded");
});

test("an endless answer ends at the limit (SDK-015)", async () => {
  await using broker = await startBroker();
  let written = 0;
  broker.raw = (_, response) => {
    response.writeHead(200, {
      "content-type": "application/proto",
      "assent-protocol-version": "1.0",
    });
    const chunk = Buffer.alloc(65_536);
    const more = () => {
      while (!response.stream.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) break;
      }
    };
    response.on("drain", more);
    response.on("error", () => {});
    more();
    return true;
  };
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "limit-exceeded");
  // The rest of a window may be under way; the stream itself was reset.
  assert.ok(written < limits.messageBytes * 2, String(written));
  await client.close();
});

test("an answer that trickles in does not outlive the deadline (SDK-010, SDK-016)", async () => {
  await using broker = await startRawBroker((connection, stream) => {
    connection.headers(stream, ...fields);
    connection.data(stream, body.slice(0, 3), false);
  });
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  const call = client.secrets.resolve(reference, { timeoutMs: 50 });
  assert.is((await errorOf(call)).code, "deadline-exceeded");
  await client.close();
});

test("a broker that never answers is left at the deadline, and told so (SDK-010)", async () => {
  await using broker = await startBroker();
  broker.request = (_, context) => untilCanceled(context);
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  const call = errorOf(
    client.secrets.resolve(reference, { timeoutMs: 60_000 }),
  );
  await broker.until(() => broker.count("request") === 1);
  const told = broker.seen[0]?.context.timeoutMs();
  assert.ok(told !== undefined && told <= 60_000);
  await client.close();
  assert.is((await call).code, "closed");

  const hasty = createClient({ endpoint: broker.path, account: "Personal" });
  const late = hasty.secrets.resolve(reference, { timeoutMs: 50 });
  assert.is((await errorOf(late)).code, "deadline-exceeded");
  await broker.until(() => broker.seen[1]?.context.signal.aborted === true);
  await hasty.close();
});

test("an abort resets the call and leaves the connection (SDK-010)", async () => {
  await using broker = await startBroker();
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  await client.authorize();
  const control = new AbortController();
  const { request } = broker;
  broker.request = (_, context) => untilCanceled(context);
  const call = errorOf(client.secrets.resolve(reference, control));
  await broker.until(() => broker.count("request") === 1);
  control.abort();
  assert.is((await call).code, "canceled");
  const signal = broker.seen.at(-1)?.context.signal;
  await broker.until(() => signal?.aborted === true);
  // By the reset, and not by a deadline of the broker's own.
  assert.is(ConnectError.from(signal?.reason).code, Code.Canceled);
  broker.request = request;
  assert.is(await client.secrets.resolve(reference), canary);
  assert.is(broker.opened, 1);
  await client.close();
});

test("unknown headers and trailers are ignored (SDK-014)", async () => {
  await using broker = await startBroker();
  broker.raw = (_, response) => {
    response.writeHead(200, {
      "content-type": "application/proto",
      "assent-protocol-version": "1.9",
      "x-new": "1",
    });
    response.addTrailers({ "x-newer": "2" });
    response.end(body);
    return true;
  };
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  assert.is(await client.secrets.resolve(reference), canary);
  await client.close();
});

test.run();
