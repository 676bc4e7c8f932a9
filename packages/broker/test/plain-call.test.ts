// SPDX-License-Identifier: Apache-2.0
// What our SDKs send takes a shorter way than what Connect's server reads. Both
// ways are asked the same things here, and must say the same.
import {
  AuthorizeRequestSchema,
  Interaction,
  RequestRequestSchema,
  RevokeRequestSchema,
} from "@assent/protocol";
import {
  create,
  type DescMessage,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer, Caller, CallOptions } from "./caller.ts";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;
let granted: Caller;
let stranger: Caller;

beforeAll(async () => {
  rig = await startRig();
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "plain-token-value" });
  granted = await rig.caller();
  await rig.grant(granted);
  stranger = await rig.caller();
});
afterAll(() => rig.close());

// The second is the same to Connect, and not plain to us.
const proto = { "content-type": "application/proto" };
const ways = [proto, { ...proto, "content-encoding": "identity" }];

/** Headers and body, but for the time of day. */
function visible({ received }: Answer): string {
  return received.replace(/"date":"[^"]*"/, "");
}

/** Ask both ways; the answer. */
async function alike(
  caller: Caller,
  method: string,
  raw: string,
  options: CallOptions = {},
): Promise<Answer> {
  const [plain, long] = await Promise.all(
    ways.map((way) =>
      caller.broker(method, undefined, {
        ...options,
        raw,
        headers: { ...way, ...options.headers },
      }),
    ),
  );
  if (plain === undefined || long === undefined) throw new Error("no answer");
  expect(visible(plain)).toBe(visible(long));
  return plain;
}

function bytes<D extends DescMessage>(
  schema: D,
  message: MessageInitShape<D>,
): string {
  const binary = toBinary(schema, create(schema, message));
  return Buffer.from(binary).toString("base64");
}

const account = "Personal";
const resolve = (...references: string[]) =>
  bytes(RequestRequestSchema, {
    account,
    operation: {
      operation: { case: "resolveSecrets", value: { references } },
    },
  });
const token = resolve("assent://Dev/GitHub/token");

it("is served alike", async () => {
  const answer = await alike(granted, "Request", token);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("plain-token-value");
  expect(answer.version).toBe("1.0");
});

it("is refused alike, before a grant and within one", async () => {
  const refused = await alike(stranger, "Request", token);
  expect(refused.reason).toBe("AUTHORIZATION_REQUIRED");
  const unserved = bytes(RequestRequestSchema, {
    account,
    operation: { operation: { case: "readFile", value: {} } },
  });
  expect((await alike(granted, "Request", unserved)).status).not.toBe(200);
  const asked = { account, interaction: Interaction.NEVER };
  const never = bytes(AuthorizeRequestSchema, asked);
  expect((await alike(stranger, "Authorize", never)).status).not.toBe(200);
  const nothing = bytes(RequestRequestSchema, { account });
  expect((await alike(granted, "Request", nothing)).reason).toBe("INVALID");
});

it("tells of names that mean nothing alike", async () => {
  const answer = await alike(
    granted,
    "Request",
    resolve("assent://Dev/Nobody/token", "assent://Dev/GitHub/token"),
  );
  expect(answer.status).toBe(200);
});

it("is given back alike", async () => {
  const revoke = bytes(RevokeRequestSchema, { account: "nobody" });
  expect((await alike(stranger, "Revoke", revoke)).status).toBe(200);
});

it.each([
  ["bytes that are no message", "Cv//", {}],
  ["no version", token, { "assent-protocol-version": "" }],
  ["another version", token, { "assent-protocol-version": "2.0" }],
  ["a deadline of zero", token, { "connect-timeout-ms": "0" }],
  ["a deadline that is none", token, { "connect-timeout-ms": "soon" }],
  ["another protocol of Connect", token, { "connect-protocol-version": "99" }],
  ["a compression that nobody knows", token, { "content-encoding": "zzz" }],
  ["too many headers' worth", token, { "x-long": "x".repeat(20_000) }],
  ["too much", Buffer.alloc(5 * 1024 * 1024).toString("base64"), {}],
])("refuses %s alike", async (_what, raw, headers) => {
  const answer = await alike(granted, "Request", raw, { headers });
  expect(answer.status).not.toBe(200);
});

it("ends alike at its deadline", async () => {
  const waiting = bytes(AuthorizeRequestSchema, { account });
  const asked = ways.map(async (way) => {
    const caller = await rig.caller();
    return caller.broker("Authorize", undefined, {
      raw: waiting,
      headers: { ...way, "connect-timeout-ms": "50" },
    });
  });
  const [plain, long] = await Promise.all(asked);
  expect(plain?.code).toBe("deadline_exceeded");
  expect(plain && visible(plain)).toBe(long && visible(long));
  expect(await rig.prompts()).toEqual([]);
});

it("is cancelled without an effect (WIR-010)", async () => {
  const caller = await rig.caller();
  const asked = caller.broker("Authorize", undefined, {
    raw: bytes(AuthorizeRequestSchema, { account }),
    headers: proto,
  });
  const [prompt] = await rig.pending();
  await asked.cancel();
  await rig.pending(0);
  if (prompt === undefined) throw new Error("no prompt");
  expect((await rig.approve(prompt)).status).not.toBe(200);
});
