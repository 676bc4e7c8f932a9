// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import {
  type AuthorizeRequest,
  AuthorizeRequestSchema,
  type RequestRequest,
  RequestRequestSchema,
  type RevokeRequest,
  RevokeRequestSchema,
} from "@assent/protocol";
import { fromBinary, fromJsonString } from "@bufbuild/protobuf";
import type { Rpc } from "./script.ts";
import type { TappedConnection } from "./tapped-connection.ts";

/** A request, of either HTTP. */
export type HttpRequest = Http2ServerRequest | IncomingMessage;
/** What answers it. */
export type HttpResponse = Http2ServerResponse | ServerResponse;

/** A call of the SDK, as it arrived. */
export interface ReceivedCall {
  readonly rpc: Rpc;
  readonly message: AuthorizeRequest | RequestRequest | RevokeRequest;
  /** How messages are written. */
  readonly codec: "proto" | "json";
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What the broker was told to finish within; undefined: nothing. */
  readonly timeoutMs: number | undefined;
  readonly connection: TappedConnection;
  /** Of HTTP/2; 0 without. */
  readonly stream: number;
  /** The SDK gave it up, or its connection is gone, before it was answered. */
  readonly isGivenUp: boolean;
  readonly response: HttpResponse;
}

const schemas = {
  Authorize: AuthorizeRequestSchema,
  Request: RequestRequestSchema,
  Revoke: RevokeRequestSchema,
} as const;
const service = "/assent.v1.BrokerService/";
const codecs = {
  "application/proto": "proto",
  "application/json": "json",
} as const;

/**
 * What a request asks, or in words what no broker expects of an SDK.
 *
 * The scripted broker speaks Connect, which every broker must.
 */
export function readCall(
  request: HttpRequest,
  response: HttpResponse,
  body: Buffer,
  connection: TappedConnection,
): ReceivedCall | string {
  const { method, url = "", headers } = request;
  // The absolute form as well, which a server must take (RFC 9112, 3.2.2).
  const path = url.replace(/^https?:\/\/[^/]*/i, "");
  const rpc = path.startsWith(service) ? path.slice(service.length) : "";
  if (method !== "POST") return `${method}: a call is a POST`;
  if (!isRpc(rpc)) return "a path that is none of BrokerService's";
  if (headers["assent-protocol-version"] !== "1.0") {
    return `${rpc} without the header assent-protocol-version: 1.0`;
  }
  const codec = codecs[headers["content-type"] as keyof typeof codecs];
  if (codec === undefined) {
    return `${rpc} with the content type ${headers["content-type"]}; the scripted broker speaks Connect with proto or JSON`;
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") return `${rpc} compressed with ${encoding}`;
  const told = headers["connect-timeout-ms"];
  if (told !== undefined && !/^\d{1,10}$/.test(String(told))) {
    return `${rpc} with a connect-timeout-ms that is no number`;
  }
  const message = decode(rpc, codec, body);
  if (message === undefined) return `${rpc} that cannot be decoded`;
  let isGivenUp = false;
  response.on("close", () => {
    isGivenUp ||= !response.writableEnded;
  });
  return {
    rpc,
    message,
    codec,
    headers,
    timeoutMs: told === undefined ? undefined : Number(told),
    connection,
    stream: "stream" in request ? (request.stream.id ?? 0) : 0,
    get isGivenUp() {
      return isGivenUp || connection.isClosed;
    },
    response,
  };
}

function isRpc(name: string): name is Rpc {
  return name in schemas;
}

function decode(
  rpc: Rpc,
  codec: "proto" | "json",
  body: Buffer,
): ReceivedCall["message"] | undefined {
  try {
    return codec === "proto"
      ? fromBinary(schemas[rpc], body)
      : fromJsonString(schemas[rpc], body.toString());
  } catch {
    return undefined;
  }
}
