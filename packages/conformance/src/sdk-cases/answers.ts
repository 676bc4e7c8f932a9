// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { RequestResponseSchema } from "@assent/protocol";
import { SdkErrorKind } from "@assent/protocol/conformance";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { newId } from "../case/fixture.ts";
import { atMost, failed, gives } from "../sdk/expectation.ts";
import { type Action, grant, type HeaderField } from "../sdk/script.ts";
import type { SdkCase, SdkCases } from "../sdk/sdk-case.ts";
import type { SdkWorld } from "../sdk/sdk-world.ts";

const {
  PROTOCOL,
  UNAVAILABLE,
  OUTCOME_UNKNOWN,
  RESOURCE_EXHAUSTED,
  DEADLINE_EXCEEDED,
  OTHER,
} = SdkErrorKind;
const broken = [PROTOCOL, UNAVAILABLE, OUTCOME_UNKNOWN, OTHER] as const;
const readMs = 2_500;
const noReset = 0;
const internalError = 2;
const limitBytes = 4 * 1024 * 1024;
const bombBytes = 64 * 1024 * 1024;
const mostMemory = 256 * 1024 * 1024;

type Response = MessageInitShape<typeof RequestResponseSchema>;

/** Answers to a Request, one after the other in one program, none of which is good. */
function badAnswers(
  answers: (world: SdkWorld) => Readonly<Record<string, readonly Action[]>>,
  kinds: readonly SdkErrorKind[] = broken,
): SdkCase {
  return {
    async run(world) {
      const client = await world.authorized();
      const { broker, secret } = world;
      for (const [what, then] of Object.entries(answers(world))) {
        broker.script([{ on: "Request", times: 1, does: then }]);
        failed(what, await client.read({ timeoutMs: readMs }), ...kinds);
        gives(`a read after ${what}`, await client.read(), secret);
      }
    },
  };
}

const version: HeaderField = ["assent-protocol-version", "1.0"];
const proto: HeaderField = ["content-type", "application/*"];

function resolved(...values: readonly string[]): Response {
  const secrets = values.map((value) => ({
    outcome: { case: "value" as const, value: Buffer.from(value) },
    vaultId: newId(),
    itemId: newId(),
  }));
  return {
    result: { result: { case: "resolvedSecrets", value: { secrets } } },
  };
}

const bytesOf = (response: Response) =>
  toBinary(RequestResponseSchema, create(RequestResponseSchema, response));

const body = (
  text: string | Uint8Array,
  contentType?: string,
  status = 200,
): Action => ({
  answer: {
    says: {
      body: Buffer.from(text as string),
      ...(contentType === undefined ? {} : { contentType }),
    },
    status,
  },
});

/** Answers that break the protocol, or are larger than it allows. */
export const answerCases: SdkCases = {
  "response-malformed": badAnswers(() => ({
    "bytes that are no message": [body("\xff\xff\xff\xff {")],
    "JSON that is none": [body('{"result":', "application/json")],
    "an error that is no JSON": [body('{"code":', "application/json", 403)],
    "a content type of another protocol": [body("", "text/plain")],
    "HTML with status 200": [
      body("<!doctype html><p>Welcome</p>", "text/html"),
    ],
    "status 204": [
      { head: [version], status: 204 },
      { data: Buffer.alloc(0), last: true },
    ],
  })),
  "response-truncated": badAnswers(({ secret }) => {
    const head: Action = { head: [proto, version] };
    const data = { message: resolved(secret), without: 8 };
    return {
      "half a message and its end": [head, { ...data, last: true }],
      "half a message and a reset": [head, data, { reset: internalError }],
      "half a message and a reset without an error": [
        head,
        data,
        { reset: noReset },
      ],
      "half a message and a close": [head, data, { close: "end" }],
    };
  }),
  "response-missing-endstream": badAnswers(({ secret }) => ({
    "a whole message without its end": [
      { head: [proto, version] },
      { message: resolved(secret) },
      { close: "end" },
    ],
  })),
  "response-dup-headers": badAnswers(({ secret }) => {
    const data = { message: resolved(secret) };
    const html: HeaderField = ["content-type", "text/html"];
    return {
      "two content types, the good one first": [
        { head: [proto, html, version] },
        { ...data, last: true },
      ],
      "two content types, the good one last": [
        { head: [html, proto, version] },
        { ...data, last: true },
      ],
    };
  }),
  "response-over-limit": {
    async run(world) {
      const client = await world.authorized();
      const { broker } = world;
      const tooMuch = bytesOf(resolved("x".repeat(limitBytes)));
      broker.script([{ on: "Request", times: 1, does: [body(tooMuch)] }]);
      const beyond = await client.read({ timeoutMs: readMs });
      failed("an answer above the limit", beyond, RESOURCE_EXHAUSTED);
      const bomb: Action = {
        answer: {
          says: { body: gzipSync(Buffer.alloc(bombBytes)) },
          fields: [["content-encoding", "gzip"]],
        },
      };
      broker.script([{ on: "Request", times: 1, does: [bomb] }]);
      const unpacked = await client.read({ timeoutMs: readMs });
      failed(
        "an answer that unpacks to 64 MiB",
        unpacked,
        RESOURCE_EXHAUSTED,
        PROTOCOL,
      );
      broker.script([
        {
          on: "Request",
          times: 1,
          does: [
            { head: [proto, version, ["content-length", "4294967296"]] },
            { data: Buffer.alloc(16) },
          ],
        },
      ]);
      const announced = await client.read({ timeoutMs: 500 });
      // Until it comes, one that is announced may also be waited for.
      failed(
        "4 GiB announced",
        announced,
        RESOURCE_EXHAUSTED,
        PROTOCOL,
        DEADLINE_EXCEEDED,
      );
      atMost("memory it ever had", peakMemory(client.driver.pid), mostMemory);
    },
  },
  "response-for-wrong-account": {
    async run(world) {
      const { broker, acct1, acct2, secret } = world;
      const other = { accountId: acct2.id, accountName: acct2.name };
      broker.script([{ on: "Authorize", does: [grant(other)] }]);
      const first = await world.client();
      failed("a grant for another account than the id", await first.read());
      const shown = await world.sibling(first);
      const named = { account: "whatever I call it" };
      gives("a name that the user chose for", await shown.read(named), secret);
      const none = await world.sibling(first);
      gives("no name", await none.read({ account: "" }), secret);
      broker.script([]);
      const good = await world.sibling(first);
      gives("the account", await good.read({ account: acct1.id }), secret);
      const results: Readonly<Record<string, Response>> = {
        "a result of another kind": {
          result: { result: { case: "vaults", value: { vaults: [] } } },
        },
        "no result": {},
        "more values than were asked for": resolved(secret, secret),
        "fewer values than were asked for": resolved(),
      };
      for (const [what, response] of Object.entries(results)) {
        const then = [{ answer: { says: { response } } }];
        broker.script([{ on: "Request", times: 1, does: then }]);
        failed(what, await good.read(), PROTOCOL, OTHER);
      }
    },
  },
};

/** Bytes that the program had in memory at most. 0: this system does not tell. */
function peakMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
