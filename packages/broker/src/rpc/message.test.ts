// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import {
  AuthorizeRequestSchema,
  BrokerService,
  limits,
  Reason,
  RequestRequestSchema,
} from "@assent/protocol";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { ChannelRequest } from "../channel/connection.ts";
import { readMessage } from "./message.ts";

const flight = { receive: () => true, defer: () => {} };
const { authorize, request } = BrokerService.method;
const utf8 = (text: string) => new TextEncoder().encode(text);

function arriving(
  chunks: Uint8Array[],
  headers: Record<string, string>,
): ChannelRequest {
  const stream = Readable.from(chunks, { objectMode: false });
  return Object.assign(stream, { headers }) as unknown as ChannelRequest;
}

function judge(
  body: Uint8Array,
  headers: Record<string, string>,
  method: typeof authorize | typeof request = authorize,
) {
  return readMessage(arriving([body], headers), method, flight);
}

function enveloped(message: Uint8Array, flags = 0): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const proto = { "content-type": "application/proto" };
const json = { "content-type": "application/json" };
const grpc = { "content-type": "application/grpc+proto" };
const asked = create(AuthorizeRequestSchema, { account: "Personal" });

describe("a message that decodes", () => {
  it.each([
    ["Connect with proto", toBinary(AuthorizeRequestSchema, asked), proto],
    [
      "Connect with JSON",
      utf8(toJsonString(AuthorizeRequestSchema, asked)),
      json,
    ],
    [
      "JSON with a charset",
      utf8("{}"),
      { "content-type": "application/json; charset=utf-8" },
    ],
    ["an empty proto", new Uint8Array(), proto],
    ["gRPC", enveloped(toBinary(AuthorizeRequestSchema, asked)), grpc],
    [
      "gRPC-Web with JSON",
      enveloped(utf8("{}")),
      { "content-type": "application/grpc-web+json" },
    ],
    [
      "gzip",
      gzipSync(toBinary(AuthorizeRequestSchema, asked)),
      { ...proto, "content-encoding": "gzip" },
    ],
    [
      "gzip in an envelope",
      enveloped(gzipSync(new Uint8Array()), 1),
      { ...grpc, "grpc-encoding": "gzip" },
    ],
    [
      "unknown JSON fields outside of a scope (WIR-002)",
      utf8('{"account":"a","later":1}'),
      json,
    ],
    [
      "a content type that Connect refuses itself",
      utf8("hello"),
      { "content-type": "text/plain" },
    ],
  ])("passes: %s", async (_kind, body, headers) => {
    const judged = await judge(body, headers);
    expect(judged).toEqual({ body: Buffer.from(body) });
  });
});

describe("a message that does not decode", () => {
  it.each([
    ["truncated proto", Uint8Array.of(0x0a, 0xff, 0xff), proto],
    ["a wrong wire type", Uint8Array.of(0xff), proto],
    ["no UTF-8 in a string", Uint8Array.of(0x0a, 0x01, 0xff), proto],
    ["no JSON", utf8("{"), json],
    ["nothing, as JSON", new Uint8Array(), json],
    ["no UTF-8 in JSON", Uint8Array.of(0x22, 0xff, 0x22), json],
    ["JSON of another type", utf8('{"account":7}'), json],
    ["a key that stands twice", utf8('{"account":"a","account":"b"}'), json],
    [
      "a key of two spellings",
      utf8('{"scope":{"everyVault":{},"every_vault":{}}}'),
      json,
    ],
    ["JSON nested without end", utf8("[".repeat(100_000)), json],
    ["an envelope that is cut off", Uint8Array.of(0, 0, 0), grpc],
    ["an envelope of another length", Uint8Array.of(0, 0, 0, 0, 9, 1), grpc],
    [
      "two envelopes",
      Buffer.concat([enveloped(new Uint8Array()), enveloped(new Uint8Array())]),
      grpc,
    ],
    ["unknown flags", enveloped(new Uint8Array(), 6), grpc],
    ["a compression without a name", enveloped(new Uint8Array(), 1), grpc],
    [
      "a compression that is none",
      enveloped(new Uint8Array(), 1),
      { ...grpc, "grpc-encoding": "identity" },
    ],
    ["no gzip", utf8("plain"), { ...proto, "content-encoding": "gzip" }],
    [
      "an unknown field in a JSON scope (WIR-002, SES-016)",
      utf8(
        '{"scope":{"access":"ACCESS_READ","everyVault":{},"onlyOn":"monday"}}',
      ),
      json,
    ],
    [
      "an unknown field deep in a JSON scope",
      utf8('{"scope":{"access":1,"vaults":{"vaults":["a"],"except":["b"]}}}'),
      json,
    ],
  ])("is refused: %s (WIR-001)", async (_kind, body, headers) => {
    expect(await judge(body, headers)).toEqual({ refused: Reason.INVALID });
  });
});

describe("a message above the limit (WIR-003)", () => {
  const largest = utf8(`{"account":"${" ".repeat(limits.messageBytes - 14)}"}`);

  it("is refused, and one of exactly the limit is not", async () => {
    expect(largest.length).toBe(limits.messageBytes);
    expect(await judge(largest, json, request)).toHaveProperty("body");
    const larger = Buffer.concat([largest, utf8(" ")]);
    expect(await judge(larger, json, request)).toEqual({
      refused: Reason.LIMIT_EXCEEDED,
    });
  });

  it("is refused by what the headers or the envelope announce, before it is sent", async () => {
    const announced = {
      ...proto,
      "content-length": `${limits.messageBytes + 1}`,
    };
    const refused = { refused: Reason.LIMIT_EXCEEDED, announced: true };
    expect(await judge(new Uint8Array(), announced)).toEqual(refused);
    const endless = new Readable({ read() {} });
    endless.push(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff));
    const arrived = Object.assign(endless, { headers: grpc });
    expect(
      await readMessage(arrived as unknown as ChannelRequest, request, flight),
    ).toEqual(refused);
  });

  it("is lower for calls that may wait for the user", async () => {
    const long = (bytes: number) =>
      utf8(`{"account":"${" ".repeat(bytes - 14)}"}`);
    expect(await judge(long(limits.askBytes), json)).toHaveProperty("body");
    expect(await judge(long(limits.askBytes + 1), json)).toEqual({
      refused: Reason.LIMIT_EXCEEDED,
    });
  });

  it("is refused when a process sends too much at once (WIR-011)", async () => {
    const arrived = arriving([utf8("{}")], json);
    const busy = { receive: () => false, defer: () => {} };
    expect(await readMessage(arrived, request, busy)).toEqual({
      refused: Reason.LIMIT_EXCEEDED,
    });
  });

  it("is refused when only decompressing makes it so", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(await judge(bomb, { ...proto, "content-encoding": "gzip" })).toEqual(
      {
        refused: Reason.LIMIT_EXCEEDED,
      },
    );
  });
});

it("a request that is cut off has no effect (WIR-005)", async () => {
  const cut = new Readable({ read() {} });
  const arrived = Object.assign(cut, { headers: proto });
  const reading = readMessage(
    arrived as unknown as ChannelRequest,
    authorize,
    flight,
  );
  cut.push(toBinary(RequestRequestSchema, create(RequestRequestSchema)));
  cut.destroy();
  expect(await reading).toBeUndefined();
});
