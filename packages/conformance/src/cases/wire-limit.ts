// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { BrokerService, type RequestResponse } from "@assent/protocol";
import { create, toBinary, toJsonString } from "@bufbuild/protobuf";
import { createBystanders, soon } from "../case/bystanders.ts";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, notServed, refused, served, that } from "../case/check.ts";
import { createForbiddenWrite } from "../case/forbidden-write.ts";
import { withinMemory } from "../case/memory.ts";
import { listVaults } from "../case/operations.ts";
import { beginHttp2, isAnswered, openRaw } from "../case/raw.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";
import { type FlavourName, flavour } from "../wire/flavour.ts";
import {
  callFields,
  frameOf,
  frameTypes,
  headerBlock,
  headerFrames,
} from "../wire/frames.ts";

const { request } = BrokerService.method;
const path = `/${BrokerService.typeName}/${request.name}`;
const mib = 2 ** 20;
// What a broker may take for such things, however it is written.
const room = 256 * mib;

function messageLimit({ described }: World): number {
  return Number(described.maxMessageBytes || 4n * BigInt(mib));
}

/** A Request of exactly so many bytes, which may be served. */
function padded(world: World, json: boolean, length: number): Buffer {
  const message = create(request.input, {
    account: world.acct1.id,
    operation: listVaults,
  });
  if (json) {
    const text = Buffer.from(toJsonString(request.input, message));
    return Buffer.concat([text, Buffer.alloc(length - text.length, " ")]);
  }
  // An unknown field (1000) takes what is left: its tag, its length, its bytes.
  const known = toBinary(request.input, message);
  const left = length - known.length - 2;
  const rest = left - varint(left).length;
  return Buffer.concat([
    known,
    Buffer.from([0xc2, 0x3e]),
    varint(rest),
    Buffer.alloc(rest),
  ]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

async function callWith(
  caller: Caller,
  name: FlavourName,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<RequestResponse>> {
  const way = flavour(name);
  const { exchange } = await caller.link(name);
  const all = { ...way.headers(undefined), ...headers };
  const sent = exchange.send({ path, headers: all, body });
  return way.read(request.output, await soon(`an answer over ${name}`, sent));
}

/** Too large, or not understood because compression is not served; cut off is lawful, too. */
function isTooLarge(what: string, answer: Answer<unknown>): void {
  if (answer.kind === "broken") return;
  if (answer.kind === "refused" && answer.code === "unimplemented") return;
  refused(what, answer, "resource_exhausted");
}

const required = ["connect-proto", "connect-json"] as const;
const gzip = { "content-encoding": "gzip" };

/** How large a message may be, and what compression does not hide. */
const sizeCases: Cases = {
  "max-exact": {
    async run(world) {
      const caller = await world.granted();
      for (const name of required) {
        const json = name === "connect-json";
        const body = padded(world, json, messageLimit(world));
        equal("bytes sent", body.length, messageLimit(world));
        const answer = await callWith(caller, name, body, {});
        served(`a message of ${body.length} bytes over ${name}`, answer);
      }
    },
  },
  "max-plus-1": {
    async run(world) {
      const caller = await world.granted();
      for (const name of required) {
        const json = name === "connect-json";
        const body = padded(world, json, messageLimit(world) + 1);
        const what = `a message of ${body.length} bytes over ${name}`;
        const answer = await callWith(caller, name, body, {});
        refused(what, answer, "resource_exhausted");
        const packed = await callWith(caller, name, gzipSync(body), gzip);
        isTooLarge(`${what}, compressed`, packed);
      }
    },
  },
  "declared-4gib": {
    async run(world) {
      const caller = await world.granted();
      const bystanders = await createBystanders(world);
      const length = 2 ** 32 - 1;
      const head = Buffer.alloc(5);
      head.writeUInt32BE(length, 1);
      await withinMemory(world, room, async () => {
        for (const name of ["grpc", "grpc-web", "connect-proto"] as const) {
          const isConnect = name === "connect-proto";
          const raw = await openRaw(caller, world.broker.endpoint);
          await beginHttp2(raw);
          const fields = callFields(path, {
            ...flavour(name).headers(undefined),
            ...(isConnect ? { "content-length": String(length) } : {}),
          });
          // More is announced, and never comes.
          await raw.send(
            headerFrames(1, headerBlock(fields)),
            frameOf(frameTypes.data, 0, 1, head),
          );
          await soon(
            `an answer to 4 GiB announced over ${name}`,
            raw.until(() => isAnswered(raw, 1), 20_000),
          );
          raw.close();
        }
        for (const name of ["grpc", "grpc-web"] as const) {
          const answer = await callWith(caller, name, head, {});
          notServed(`4 GiB announced, nothing sent over ${name}`, answer);
        }
      });
      await bystanders.areServed("afterwards");
    },
  },
  "gzip-bomb": {
    async run(world) {
      const caller = await world.granted();
      const bystanders = await createBystanders(world);
      const bomb = gzipSync(Buffer.alloc(64 * mib));
      await withinMemory(world, room, async () => {
        // Together they are more than may be taken.
        const answers = await Promise.all(
          Array.from({ length: 16 }, () =>
            callWith(caller, "connect-proto", bomb, gzip),
          ),
        );
        for (const answer of answers) isTooLarge("64 MiB of zeros", answer);
        const envelope = Buffer.concat([Buffer.alloc(5), bomb]);
        envelope[0] = 1;
        envelope.writeUInt32BE(bomb.length, 1);
        const encoding = { "grpc-encoding": "gzip" };
        const answer = await callWith(caller, "grpc", envelope, encoding);
        isTooLarge("64 MiB of zeros in an envelope", answer);
      });
      await bystanders.areServed("afterwards");
    },
  },
};

const verbs = ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"];

/** What is no call of the protocol, and reaches nobody. */
const callCases: Cases = {
  "unknown-encoding": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      for (const encoding of ["zzz", "br", "gzip, gzip", "deflate"]) {
        const answer = await callWith(
          write.caller,
          "connect-proto",
          write.proto,
          { "content-encoding": encoding },
        );
        notServed(`content-encoding ${encoding}`, answer);
      }
      await write.wasNotMade();
    },
  },
  "wrong-content-type": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      const types = [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/x-protobuf",
        "application/protojson",
        "application/proto+zzz",
        "application/grpc+zzz",
        "application/connect+proto",
        "",
      ];
      const { exchange } = await write.caller.link("connect-proto");
      for (const type of types) {
        for (const body of [write.proto, write.json]) {
          const { "content-type": _, ...headers } =
            flavour("connect-proto").headers(undefined);
          const own = type === "" ? {} : { "content-type": type };
          const sent = exchange.send({
            path,
            headers: { ...headers, ...own },
            body,
          });
          const answer = await soon(`an answer to "${type}"`, sent);
          const read = flavour("connect-proto").read(request.output, answer);
          notServed(`content-type "${type}"`, read);
        }
      }
      await write.wasNotMade();
    },
  },
  "unknown-method-service": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      const { typeName } = BrokerService;
      const paths = [
        `/${typeName}/Requests`,
        `/${typeName}/request`,
        `/${typeName}/`,
        `/${typeName}`,
        "/assent.v1.Broker/Request",
        "/assent.v2.BrokerService/Request",
        "/assent.owner.v1.AccountService/ListAccounts",
        "/Request",
        "/",
        "*",
        `/${path}`,
        `${path}/`,
        `${path}?x=1`,
        `${path}%00`,
        `/${typeName}/%52equest`,
        `/${typeName}%2fRequest`,
        `/./${typeName}/Request`,
        `/x/..${path}`,
        `/x/%2e%2e${path}`,
        `${path};v=1`,
        `/${typeName}\\Request`,
      ];
      for (const name of required) {
        const way = flavour(name);
        const { exchange } = await write.caller.link(name);
        const body = name === "connect-json" ? write.json : write.proto;
        for (const path of paths) {
          const headers = way.headers(undefined);
          const sent = exchange.send({ path, headers, body });
          const answer = await soon(`an answer to ${path}`, sent);
          notServed(`${path} over ${name}`, way.read(request.output, answer));
        }
      }
      await write.wasNotMade();
    },
  },
  "wrong-verb": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      for (const name of ["connect-proto", "connect-proto-http1"] as const) {
        const way = flavour(name);
        for (const method of verbs) {
          const { exchange } = await write.caller.link(name);
          const headers = way.headers(undefined);
          const sent = exchange.send({
            method,
            path,
            headers,
            body: write.proto,
          });
          const answer = await soon(`an answer to ${method}`, sent);
          that(
            `${method} over ${name} is not served`,
            answer.status < 200 || answer.status >= 300,
            `status ${answer.status}`,
          );
          exchange.close();
        }
      }
      const raw = await openRaw(write.caller, world.broker.endpoint);
      await beginHttp2(raw);
      const fields = callFields(
        path,
        flavour("connect-proto").headers(undefined),
      );
      for (const [index, method] of ["CONNECT", "POSTED", "post"].entries()) {
        const stream = 2 * index + 1;
        const own = fields.map(([name, value]) =>
          name === ":method"
            ? ([name, method] as const)
            : ([name, value] as const),
        );
        await raw.send(
          headerFrames(stream, headerBlock(own)),
          frameOf(frameTypes.data, 1, stream, write.proto),
        );
        const answered = raw.until(() => isAnswered(raw, stream));
        that(`${method} is answered`, await answered, "nothing came");
      }
      raw.close();
      await write.wasNotMade();
    },
  },
  "get-request": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      for (const name of required) {
        const isJson = name === "connect-json";
        const way = flavour(name);
        const { "content-type": _, ...headers } = way.headers(undefined);
        const query = new URLSearchParams({
          connect: "v1",
          encoding: isJson ? "json" : "proto",
          base64: "1",
          message: Buffer.from(isJson ? write.json : write.proto).toString(
            "base64url",
          ),
        });
        const { exchange } = await write.caller.link(name);
        const answer = await exchange.send({
          method: "GET",
          path: `${path}?${query}`,
          headers,
          body: new Uint8Array(),
        });
        notServed(`GET over ${name}`, way.read(request.output, answer));
      }
      await write.wasNotMade();
    },
  },
};

/** Limits of messages, and what is no call. */
export const wireLimitCases: Cases = { ...sizeCases, ...callCases };
