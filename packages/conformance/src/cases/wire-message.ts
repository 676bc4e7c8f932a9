// SPDX-License-Identifier: Apache-2.0
import { BrokerService, Reason } from "@assent/protocol";
import {
  create,
  type DescMessage,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Caller } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, refused, served } from "../case/check.ts";
import { createForbiddenWrite } from "../case/forbidden-write.ts";
import { listVaults, read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";
import { type FlavourName, flavour } from "../wire/flavour.ts";

const { authorize, request, revoke } = BrokerService.method;
const hex = (text: string) => Buffer.from(text, "hex");
const text = (value: string) => Buffer.from(value);

/** Field 1000 with so many bytes: known to no version. */
function unknownField(bytes: number): Buffer {
  const length = [bytes & 127];
  for (let rest = bytes >> 7; rest > 0; rest >>= 7) {
    length[length.length - 1] = (length.at(-1) ?? 0) | 128;
    length.push(rest & 127);
  }
  return Buffer.from([0xc2, 0x3e, ...length, ...new Uint8Array(bytes)]);
}

// None of them is a Request that could be served, whatever is ignored of it.
const badProto: Readonly<Record<string, Buffer>> = {
  "a length beyond the end": hex("0affff"),
  "half a number": hex("ff"),
  "a number of eleven bytes": hex("08ffffffffffffffffffffff01"),
  "a number where a text belongs": hex("0801"),
  "four bytes where a message belongs": hex("1501020304"),
  "a text that is no UTF-8": hex("0a02c328"),
  "a group that does not end": hex("0b"),
  "the end of no group": hex("0c"),
  "wire type 7": hex("0f00"),
  "field 0": hex("0000"),
  "200 groups in each other": Buffer.concat([
    Buffer.alloc(200, hex("a33e")),
    Buffer.alloc(200, hex("a43e")),
  ]),
};

/** Malformed where nothing else of the message counts, so that an Authorize or Revoke is no more either. */
const alwaysBad = [
  "a length beyond the end",
  "half a number",
  "a number of eleven bytes",
  "a text that is no UTF-8",
  "a group that does not end",
];

const badJson: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "cut short": '{"account":"a","operation":{"listVaults":{',
  "no object": '"account"',
  "a number for a text": '{"account":1}',
  "a text for a message": '{"operation":"listVaults"}',
  "a list for a message": '{"operation":[{"listVaults":{}}]}',
  NaN: '{"account":NaN}',
  "NaN for a whole number":
    '{"operation":{"listItems":{"vault":"V1","pageSize":"NaN"}}}',
  "half a surrogate pair": '{"account":"\\ud800"}',
  "bytes that are no UTF-8": '{"account":"\xff"}',
  "a name that is there twice":
    '{"operation":{"listVaults":{}},"operation":{"listVaults":{}}}',
  "two operations": '{"operation":{"listVaults":{},"listItems":{}}}',
  "200 lists in each other": `{"operation":${"[".repeat(200)}${"]".repeat(200)}}`,
  "100 000 lists in each other": `{"operation":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  "more after the end": '{"operation":{"listVaults":{}}}}',
};

/** Bad messages one after the other on a connection on which another call waits. */
function besideWaiting(
  name: FlavourName,
  send: (link: Awaited<ReturnType<Caller["link"]>>) => Promise<void>,
): Case {
  return {
    async run(world) {
      const caller = await world.granted();
      const link = await caller.link(name);
      // It waits for its user all the while.
      const account = world.acct2.id;
      const waiting = caller.authorize({ on: link, account });
      const [prompt] = await world.user.pending();
      await send(link);
      const after = await caller.request(read(world.item("i1")), { on: link });
      readsValue("the next Request on the connection", after, world.item("i1"));
      await world.user.decide(prompt, "approve");
      served("the call that waited on it", await waiting);
      equal("prompts", (await world.user.prompts()).length, 2);
    },
  };
}

/** A grpc body with any flags and any declared length. */
function envelope(flags: number, declared: number, content: Uint8Array) {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(declared, 1);
  return Buffer.concat([head, content]);
}

async function holdsStill(world: World, caller: Caller): Promise<void> {
  equal("prompts", (await world.user.prompts()).length, 1);
  const answer = await caller.request(read(world.item("i1")));
  readsValue("a Request afterwards", answer, world.item("i1"));
}

/** What messages may be like, and what is done with those that do not decode. */
export const wireMessageCases: Cases = {
  "malformed-proto": besideWaiting("connect-proto", async (link) => {
    for (const [what, bytes] of Object.entries(badProto)) {
      notServed(what, await link.call(request, bytes));
      if (!alwaysBad.includes(what)) continue;
      notServed(`Authorize: ${what}`, await link.call(authorize, bytes));
      notServed(`Revoke: ${what}`, await link.call(revoke, bytes));
    }
  }),
  "malformed-json": besideWaiting("connect-json", async (link) => {
    for (const [what, json] of Object.entries(badJson)) {
      const bytes = Buffer.from(
        json,
        what.includes("UTF-8") ? "latin1" : "utf8",
      );
      notServed(what, await link.call(request, bytes));
    }
    for (const what of ["cut short", "a number for a text", "NaN"]) {
      const bytes = text(badJson[what] ?? "");
      notServed(`Authorize: ${what}`, await link.call(authorize, bytes));
      notServed(`Revoke: ${what}`, await link.call(revoke, bytes));
    }
  }),
  "malformed-envelope": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      const { proto } = write;
      const { length } = proto;
      const bodies = {
        "no envelope": new Uint8Array(),
        "half an envelope": hex("000000"),
        "longer than the body": envelope(0, length + 1, proto),
        "shorter than the body": envelope(0, length - 1, proto),
        "flags that nobody knows": envelope(0x40, length, proto),
        "compressed, by nothing": envelope(1, length, proto),
        "trailers instead of a message": envelope(0x80, length, proto),
        "the end of a stream instead of a message": envelope(2, length, proto),
        "two messages": Buffer.concat([
          envelope(0, length, proto),
          envelope(0, length, proto),
        ]),
      };
      const types = [
        "application/grpc+proto",
        "application/grpc-web+proto",
        "application/connect+proto",
      ];
      for (const type of types) {
        const link = await write.caller.link("grpc");
        for (const [what, body] of Object.entries(bodies)) {
          const answer = await link.exchange.send({
            path: `/${BrokerService.typeName}/${request.name}`,
            headers: {
              ...flavour("grpc").headers(undefined),
              "content-type": type,
            },
            body,
          });
          const read = flavour("grpc").read(request.output, answer);
          notServed(`${type}: ${what}`, read);
        }
      }
      await write.wasNotMade();
    },
  },
  "empty-message": {
    async run(world) {
      const caller = await world.granted();
      const empty = new Uint8Array();
      const proto = await caller.link("connect-proto");
      const json = await caller.link("connect-json");
      notServed("Request, proto", await proto.call(request, empty));
      notServed("Request, JSON", await json.call(request, empty));
      notServed("Authorize, JSON", await json.call(authorize, empty));
      notServed("Revoke, JSON", await json.call(revoke, empty));
      await holdsStill(world, caller);
      // In proto nothing is a message: of an account that is not named.
      const stranger = await world.caller();
      const link = await stranger.link("connect-proto");
      const asked = link.call(authorize, empty);
      const [prompt] = await world.user.pending();
      await world.user.decide(prompt, "deny");
      refused(
        "Authorize of no account",
        await asked,
        "permission_denied",
        Reason.PROMPT_DENIED,
      );
      served("Revoke of everything", await proto.call(revoke, empty));
      const after = await caller.request(read(world.item("i1")));
      refused("a Request after it", after, "unauthenticated");
    },
  },
  "unknown-fields": {
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("approve");
      const proto = await caller.link("connect-proto");
      const json = await caller.link("connect-json");
      const more = Buffer.alloc(1_000 * 4, unknownField(1));
      const account = world.acct1.id;
      const unknown = Object.fromEntries(
        Array.from({ length: 1_000 }, (_, index) => [`x${index}`, index]),
      );
      const written = (message: object) =>
        text(JSON.stringify({ ...unknown, ...message }));
      const wrapped = <D extends DescMessage>(
        schema: D,
        message: MessageInitShape<D>,
      ) =>
        Buffer.concat([more, toBinary(schema, create(schema, message)), more]);
      const asked = { account };
      const operation = { listVaults: {} };
      for (const [what, answer] of [
        [
          "Authorize, proto",
          await proto.call(authorize, wrapped(authorize.input, asked)),
        ],
        ["Authorize, JSON", await json.call(authorize, written(asked))],
        [
          "Request, proto",
          await proto.call(
            request,
            wrapped(request.input, { account, operation: listVaults }),
          ),
        ],
        [
          "Request, JSON",
          await json.call(request, written({ account, operation })),
        ],
        [
          "Request, JSON, fields within fields",
          await json.call(
            request,
            written({ account, operation: { listVaults: unknown } }),
          ),
        ],
        [
          "Revoke, proto",
          await proto.call(revoke, wrapped(revoke.input, asked)),
        ],
        ["Revoke, JSON", await json.call(revoke, written(asked))],
      ] satisfies [string, Answer<unknown>][]) {
        served<unknown>(what, answer);
      }
      // What a scope holds beyond what is known may restrict it.
      const restricted = Buffer.concat([
        toBinary(authorize.input, create(authorize.input, asked)),
        hex("120808011200"),
        unknownField(1),
      ]);
      const scope = { access: "ACCESS_READ", everyVault: {}, unheardOf: 1 };
      const prompts = (await world.user.prompts()).length;
      for (const [what, answer] of [
        ["a scope, proto", await proto.call(authorize, restricted)],
        [
          "a scope, JSON",
          await json.call(authorize, text(JSON.stringify({ ...asked, scope }))),
        ],
      ] as const) {
        notServed(`an unknown field in ${what}`, answer);
      }
      equal(
        "prompts for such scopes",
        (await world.user.prompts()).length,
        prompts,
      );
    },
  },
  "unknown-headers": {
    async run(world) {
      const caller = await world.granted();
      for (const name of ["connect-proto", "connect-json"] as const) {
        const headers = {
          "user-agent": "unheard-of/1",
          traceparent:
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          authorization: "Bearer nothing",
          cookie: "a=b; c=d",
          origin: "null",
          "x-binary-bin": "AAECAw",
          ...Object.fromEntries(
            Array.from({ length: 50 }, (_, index) => [`x-${index}`, "unknown"]),
          ),
        };
        const on = await caller.link(name);
        const answer = await caller.request(read(world.item("i1")), {
          headers,
          on,
        });
        readsValue(`Request over ${name}`, answer, world.item("i1"));
      }
    },
  },
};
