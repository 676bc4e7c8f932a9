// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  type AuthorizeRequest,
  AuthorizeResponseSchema,
  ErrorDetailSchema,
  type GrantSchema,
  type Item,
  ItemOverviewSchema,
  type ItemSchema,
  type Reason,
  type RequestRequest,
  RequestResponseSchema,
  type ResultSchema,
  RevokeResponseSchema,
} from "@assent/protocol";
import {
  create,
  type DescMessage,
  type MessageInitShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { newId } from "../case/fixture.ts";
import type { ReceivedCall } from "./received-call.ts";
import type { Answer, HeaderField, Refusal } from "./script.ts";

/** What the scripted broker has. */
export interface Holdings {
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
  /** The value behind every reference. */
  readonly secret: string;
}

/** An answer as HTTP carries it. */
export interface HttpAnswerBytes {
  readonly status: number;
  readonly fields: readonly HeaderField[];
  readonly trailers: readonly HeaderField[];
  readonly body: Uint8Array;
}

const inactivityMs = 600_000;
const unknownField = Buffer.from([0xba, 0x3e, 3, 0x6e, 0x65, 0x77]);
const statusOfCode: Readonly<Record<string, number>> = {
  canceled: 499,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  unavailable: 503,
  unauthenticated: 401,
};

/** The bytes of an answer to a call, in the codec that the call came in. */
export function answerBytes(
  answer: Answer,
  call: ReceivedCall,
  holdings: Holdings,
): HttpAnswerBytes {
  const { says } = answer;
  const isRefusal = "refused" in says;
  const body = bodyOf(answer, call, holdings);
  const type =
    "body" in says && says.contentType !== undefined
      ? says.contentType
      : `application/${isRefusal ? "json" : call.codec}`;
  return {
    status:
      answer.status ??
      (isRefusal ? (statusOfCode[says.refused.code] ?? 500) : 200),
    fields: [
      ["content-type", type],
      ["content-length", String(body.length)],
      ["assent-protocol-version", answer.version ?? "1.0"],
      ...(answer.unknown ? [["assent-something-new", "1"] as const] : []),
      ...(answer.fields ?? []),
    ],
    trailers: answer.unknown ? [["assent-something-newer", "2"]] : [],
    body,
  };
}

/** A message in the codec of a call. */
export function encode<D extends DescMessage>(
  call: ReceivedCall,
  schema: D,
  init: MessageInitShape<D>,
): Uint8Array {
  const message = create(schema, init);
  return call.codec === "proto"
    ? toBinary(schema, message)
    : Buffer.from(toJsonString(schema, message));
}

function bodyOf(
  answer: Answer,
  call: ReceivedCall,
  holdings: Holdings,
): Uint8Array {
  const { says } = answer;
  if ("body" in says) return says.body;
  if ("refused" in says) return refusalBody(says.refused, answer.unknown);
  const body =
    "grant" in says
      ? encode(call, AuthorizeResponseSchema, {
          grant: { ...grantOf(call, holdings), ...says.grant } as GrantInit,
        })
      : "response" in says
        ? encode(call, RequestResponseSchema, says.response)
        : "served" in says
          ? encode(call, RequestResponseSchema, {
              result: resultOf(call, holdings),
            })
          : encode(call, RevokeResponseSchema, {});
  return answer.unknown ? withUnknown(call, body) : body;
}

function withUnknown(call: ReceivedCall, body: Uint8Array): Uint8Array {
  if (call.codec === "proto") return Buffer.concat([body, unknownField]);
  const message = JSON.parse(Buffer.from(body).toString());
  return Buffer.from(JSON.stringify({ ...message, somethingNew: "new" }));
}

function refusalBody(refusal: Refusal, unknown = false): Uint8Array {
  const { code, reason, message = "refused", versions = [] } = refusal;
  const supportedVersions = [...versions];
  const detail = create(ErrorDetailSchema, {
    reason: (reason ?? 0) as Reason,
    supportedVersions,
  });
  const value = Buffer.from(toBinary(ErrorDetailSchema, detail));
  const details = [
    {
      type: ErrorDetailSchema.typeName,
      value: value.toString("base64").replaceAll("=", ""),
    },
  ];
  return Buffer.from(
    JSON.stringify({
      code,
      message,
      ...(reason === undefined ? {} : { details }),
      ...(unknown ? { somethingNew: "new" } : {}),
    }),
  );
}

function grantOf({ message }: ReceivedCall, { accounts }: Holdings) {
  const { account, scope } = message as AuthorizeRequest;
  const found = accounts.find(
    ({ id, name }) => account === id || account === name,
  );
  const given = found ?? accounts[0];
  return {
    accountId: given?.id ?? "",
    accountName: given?.name ?? "",
    scope: scope ?? {
      access: Access.READ,
      extent: { case: "everyVault" as const, value: {} },
    },
    inactivityTimeout: durationFromMs(inactivityMs),
  };
}

type GrantInit = MessageInitShape<typeof GrantSchema>;
type ResultInit = MessageInitShape<typeof ResultSchema>;

// What comes of an operation when everything is there.
function resultOf({ message }: ReceivedCall, { secret }: Holdings): ResultInit {
  const asked = (message as RequestRequest).operation?.operation;
  const value = Buffer.from(secret);
  switch (asked?.case) {
    case "resolveSecrets":
      return {
        result: {
          case: "resolvedSecrets",
          value: {
            secrets: asked.value.references.map(() => ({
              outcome: { case: "value" as const, value },
              vaultId: newId(),
              itemId: newId(),
            })),
          },
        },
      };
    case "putItems":
      return {
        result: {
          case: "itemOutcomes",
          value: {
            outcomes: asked.value.items.map((item) => ({
              outcome: { case: "item" as const, value: stored(item) },
            })),
          },
        },
      };
    case "listVaults":
      return { result: { case: "vaults", value: { vaults: [] } } };
    default:
      return { result: { case: "done", value: {} } };
  }
}

// As a broker stores it: with an id and the next revision.
function stored(item: Item): MessageInitShape<typeof ItemSchema> {
  const overview = create(ItemOverviewSchema, item.overview);
  overview.id ||= newId();
  return { ...item, overview, revision: item.revision + 1n };
}
