// SPDX-License-Identifier: Apache-2.0
import { type ErrorDetail, ErrorDetailSchema, Reason } from "@assent/protocol";
import {
  type DescMessage,
  fromBinary,
  fromJsonString,
  type MessageShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { type Answer, type Code, codes } from "./answer.ts";
import type { HttpAnswer } from "./exchange.ts";

/** A way in which one call can be written. */
export interface Flavour {
  readonly name: FlavourName;
  readonly http: 1 | 2;
  /** Headers of a call, content type included. */
  headers(deadlineMs: number | undefined): Readonly<Record<string, string>>;
  /** A message as the body of a call. */
  write<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array;
  /** Already written message bytes as the body of a call. */
  wrap(message: Uint8Array): Uint8Array;
  /** What an HTTP answer says. */
  read<D extends DescMessage>(
    schema: D,
    answer: HttpAnswer,
  ): Answer<MessageShape<D>>;
}

/** Flavours of the protocol. */
export type FlavourName =
  | "connect-proto"
  | "connect-json"
  | "connect-proto-http1"
  | "connect-json-http1"
  | "grpc"
  | "grpc-json"
  | "grpc-web"
  | "grpc-web-json";

const detailType = "assent.v1.ErrorDetail";
const version: Readonly<Record<string, string>> = {
  "assent-protocol-version": "1.0",
};

/** Every flavour that could be served. The first two must be. */
export const flavours: readonly Flavour[] = [
  connect("connect-proto", "proto", 2),
  connect("connect-json", "json", 2),
  connect("connect-proto-http1", "proto", 1),
  connect("connect-json-http1", "json", 1),
  grpc("grpc", "application/grpc+proto", "proto"),
  grpc("grpc-json", "application/grpc+json", "json"),
  grpc("grpc-web", "application/grpc-web+proto", "proto"),
  grpc("grpc-web-json", "application/grpc-web+json", "json"),
];

/** @throws for an unknown name */
export function flavour(name: FlavourName): Flavour {
  const found = flavours.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no flavour ${name}`);
  return found;
}

type Codec = "proto" | "json";

function encode<D extends DescMessage>(
  codec: Codec,
  schema: D,
  message: MessageShape<D>,
): Uint8Array {
  return codec === "proto"
    ? toBinary(schema, message)
    : Buffer.from(toJsonString(schema, message));
}

function decode<D extends DescMessage>(
  codec: Codec,
  schema: D,
  bytes: Uint8Array,
): MessageShape<D> {
  return codec === "proto"
    ? fromBinary(schema, bytes)
    : fromJsonString(schema, Buffer.from(bytes).toString(), {
        ignoreUnknownFields: true,
      });
}

function connect(name: FlavourName, codec: Codec, http: 1 | 2): Flavour {
  return {
    name,
    http,
    headers: (deadlineMs) => ({
      ...version,
      "content-type": `application/${codec}`,
      "connect-protocol-version": "1",
      ...(deadlineMs === undefined
        ? {}
        : { "connect-timeout-ms": String(deadlineMs) }),
    }),
    write: (schema, message) => encode(codec, schema, message),
    wrap: (message) => message,
    read(schema, answer) {
      const { status, headers, body, broken } = answer;
      const heard = { headers, httpStatus: status, body };
      if (broken !== undefined)
        return { kind: "broken", why: broken, ...heard };
      if (status === 200) {
        try {
          const message = decode(codec, schema, body);
          return { kind: "served", message, ...heard };
        } catch {
          return {
            kind: "broken",
            why: "not a message of the schema",
            ...heard,
          };
        }
      }
      return connectError(answer);
    },
  };
}

function connectError({ status, headers, body }: HttpAnswer): Answer<never> {
  const heard = { headers, httpStatus: status, body };
  try {
    const error = JSON.parse(body.toString()) as {
      code?: Code;
      message?: string;
      details?: { type?: string; value?: string }[];
    };
    if (error.code === undefined || !codes.includes(error.code)) throw error;
    const ours = error.details?.find(({ type }) => type === detailType);
    const detail =
      ours?.value === undefined
        ? undefined
        : fromBinary(ErrorDetailSchema, Buffer.from(ours.value, "base64"));
    return refused(error.code, error.message ?? "", detail, heard);
  } catch {
    return { kind: "broken", why: `HTTP status ${status}`, ...heard };
  }
}

function refused(
  code: Code,
  message: string,
  detail: ErrorDetail | undefined,
  heard: {
    headers: Readonly<Record<string, string>>;
    httpStatus: number;
    body: Uint8Array;
  },
): Answer<never> {
  const reason =
    detail === undefined || detail.reason === Reason.UNSPECIFIED
      ? undefined
      : detail.reason;
  return { kind: "refused", code, message, detail, reason, ...heard };
}

function grpc(name: FlavourName, contentType: string, codec: Codec): Flavour {
  const isWeb = name.startsWith("grpc-web");
  const wrap = (message: Uint8Array) => {
    const framed = Buffer.alloc(5 + message.length);
    framed.writeUInt32BE(message.length, 1);
    framed.set(message, 5);
    return framed;
  };
  return {
    name,
    http: 2,
    headers: (deadlineMs) => ({
      ...version,
      "content-type": contentType,
      ...(isWeb ? { "x-grpc-web": "1" } : { te: "trailers" }),
      ...(deadlineMs === undefined ? {} : { "grpc-timeout": `${deadlineMs}m` }),
    }),
    write: (schema, message) => wrap(encode(codec, schema, message)),
    wrap,
    read(schema, answer) {
      const { status, headers, body, broken } = answer;
      const heard = { headers, httpStatus: status, body };
      if (broken !== undefined)
        return { kind: "broken", why: broken, ...heard };
      const frames = envelopes(body);
      if (frames === undefined) {
        return { kind: "broken", why: "envelopes cut short", ...heard };
      }
      const data = frames.find(({ flags }) => (flags & 0x80) === 0);
      const web = frames.find(({ flags }) => (flags & 0x80) !== 0);
      const trailers: Readonly<Record<string, string>> = {
        ...headers,
        ...answer.trailers,
        ...(web === undefined ? {} : trailersOf(web.content)),
      };
      const grpcStatus = trailers["grpc-status"];
      if (grpcStatus === undefined) {
        return {
          kind: "broken",
          why: `HTTP status ${status}, no grpc-status`,
          ...heard,
        };
      }
      const said = { ...heard, headers: { ...headers, ...trailers } };
      if (grpcStatus === "0") {
        try {
          const message = decode(
            codec,
            schema,
            data?.content ?? Buffer.alloc(0),
          );
          return { kind: "served", message, ...said };
        } catch {
          return {
            kind: "broken",
            why: "not a message of the schema",
            ...said,
          };
        }
      }
      const code = codes[Number(grpcStatus) - 1];
      if (code === undefined) {
        return { kind: "broken", why: "an unknown grpc-status", ...said };
      }
      const message = decodeURIComponent(trailers["grpc-message"] ?? "");
      return refused(code, message, detailOf(trailers), said);
    },
  };
}

/** Flag and content of each; undefined when they do not fill the body exactly. */
function envelopes(
  body: Buffer,
): { flags: number; content: Buffer }[] | undefined {
  const found: { flags: number; content: Buffer }[] = [];
  let at = 0;
  while (at < body.length) {
    if (at + 5 > body.length) return undefined;
    const length = body.readUInt32BE(at + 1);
    if (at + 5 + length > body.length) return undefined;
    const content = body.subarray(at + 5, at + 5 + length);
    found.push({ flags: body[at] ?? 0, content });
    at += 5 + length;
  }
  return found;
}

function trailersOf(content: Buffer): Record<string, string> {
  return Object.fromEntries(
    content
      .toString("latin1")
      .split("\r\n")
      .filter((line) => line.includes(":"))
      .map((line) => {
        const colon = line.indexOf(":");
        const name = line.slice(0, colon).trim().toLowerCase();
        return [name, line.slice(colon + 1).trim()];
      }),
  );
}

/** google.rpc.Status is code 1, message 2, details 3 (Any: type 1, value 2): read by hand, since one field is all we want. */
function detailOf(
  trailers: Readonly<Record<string, string>>,
): ErrorDetail | undefined {
  const status = trailers["grpc-status-details-bin"];
  if (status === undefined) return undefined;
  const details = lengthDelimited(Buffer.from(status, "base64"), 3);
  for (const detail of details) {
    const [type] = lengthDelimited(detail, 1);
    const [value] = lengthDelimited(detail, 2);
    if (type?.toString().endsWith(`/${detailType}`)) {
      return fromBinary(ErrorDetailSchema, value ?? Buffer.alloc(0));
    }
  }
  return undefined;
}

function lengthDelimited(bytes: Buffer, field: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) varint();
    else if (wire === 2) {
      const length = varint();
      if (tag >> 3 === field) found.push(bytes.subarray(at, at + length));
      at += length;
    } else break;
  }
  return found;
}
