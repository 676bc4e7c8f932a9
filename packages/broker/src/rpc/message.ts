// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from "node:zlib";
import { BrokerService, limits, Reason, ScopeSchema } from "@assent/protocol";
import {
  type DescField,
  type DescMethod,
  fromBinary,
  fromJson,
  fromJsonString,
  type JsonValue,
} from "@bufbuild/protobuf";
import type { ChannelRequest } from "../channel/connection.ts";
import type { Flight } from "./flight.ts";

/** How the message lies in the body. */
interface Flavour {
  readonly enveloped: boolean;
  readonly json: boolean;
  /** Header that names the compression of the message. */
  readonly encodingHeader: string;
}

/** A body that may be given to Connect, or why not. */
export type BodyJudgement =
  | { body: Uint8Array }
  | {
      readonly refused: Reason;
      /** By what the caller announced: nobody waits until that is sent. */
      readonly announced?: true;
    };

/**
 * Read a whole request body within its limit (WIR-003), and find out whether
 * it decodes (WIR-001): Connect itself would answer `internal`. Undefined: the
 * request was cut off, and has no effect (WIR-005).
 */
export async function readMessage(
  request: ChannelRequest,
  method: DescMethod,
  flight: Pick<Flight, "receive" | "defer">,
): Promise<BodyJudgement | undefined> {
  const flavour = flavourOf(request.headers["content-type"]);
  const most = bodyLimits[method.toString()] ?? limits.messageBytes;
  const limit = most + (flavour?.enveloped ? envelopeBytes : 0);
  const body = await readBody(request, limit, flight);
  if (body === undefined) return undefined;
  if (body === "too-large") return { refused: Reason.LIMIT_EXCEEDED };
  if (body === "announced") {
    return { refused: Reason.LIMIT_EXCEEDED, announced: true };
  }
  // A content type nobody serves: Connect answers 415.
  if (flavour === undefined) return { body };
  const refused = judge(body, flavour, request, method, most);
  return refused === undefined ? { body } : { refused };
}

const envelopeBytes = 5;

/** Calls that wait, or end something, need little; their limit is lower (limits.askBytes). */
const bodyLimits: Readonly<Record<string, number>> = {
  [BrokerService.method.authorize.toString()]: limits.askBytes,
  [BrokerService.method.revoke.toString()]: limits.askBytes,
};

function flavourOf(contentType: string | undefined): Flavour | undefined {
  const match =
    /^application\/(?:(proto|json)|connect\+(proto|json)|grpc(?:-web)?(?:\+(proto|json))?)(?:;.*)?$/i.exec(
      contentType ?? "",
    );
  if (match === null) return undefined;
  const [, unary, stream, grpc] = match;
  return {
    enveloped: unary === undefined,
    json: [unary, stream, grpc].some((x) => x?.toLowerCase() === "json"),
    encodingHeader:
      unary !== undefined
        ? "content-encoding"
        : stream !== undefined
          ? "connect-content-encoding"
          : "grpc-encoding",
  };
}

function readBody(
  request: ChannelRequest,
  limit: number,
  flight: Pick<Flight, "receive" | "defer">,
): Promise<Uint8Array | "too-large" | "announced" | undefined> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      resolve("announced");
      return;
    }
    const take = (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      // What holds a password or a value is not left in memory (SES-013).
      flight.defer(() => chunk.fill(0));
      // An envelope says first how long it is: refused before it is sent.
      const isAnnounced = declaredLength(chunks, length) > limit;
      if (isAnnounced || length > limit || !flight.receive(chunk.length)) {
        chunks.length = 0;
        request.off("data", take);
        resolve(isAnnounced ? "announced" : "too-large");
      }
    };
    request.on("data", take);
    request.on("end", () => {
      // Node also ends what it read of a stream that was reset.
      if (request.aborted) {
        chunks.length = 0;
        return resolve(undefined);
      }
      const whole = Buffer.concat(chunks, length);
      chunks.length = 0;
      flight.defer(() => whole.fill(0));
      resolve(whole);
    });
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });

  function declaredLength(chunks: Uint8Array[], length: number): number {
    const enveloped = flavourOf(request.headers["content-type"])?.enveloped;
    const [first] = chunks;
    if (!enveloped || length < envelopeBytes || first === undefined) return 0;
    const head =
      first.length >= envelopeBytes ? first : Buffer.concat(chunks, length);
    return new DataView(head.buffer, head.byteOffset).getUint32(1);
  }
}

function judge(
  body: Uint8Array,
  flavour: Flavour,
  request: ChannelRequest,
  method: DescMethod,
  most: number,
): Reason | undefined {
  const encoding = String(request.headers[flavour.encodingHeader] ?? "");
  let message = body;
  let compressed =
    !flavour.enveloped && encoding !== "identity" && encoding !== "";
  if (flavour.enveloped) {
    if (body.length < envelopeBytes) return Reason.INVALID;
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const flags = view.getUint8(0);
    if (flags > 1) return Reason.INVALID;
    if (view.getUint32(1) !== body.length - envelopeBytes)
      return Reason.INVALID;
    compressed = flags === 1;
    if (compressed && (encoding === "" || encoding === "identity")) {
      return Reason.INVALID;
    }
    message = body.subarray(envelopeBytes);
  }
  if (compressed) {
    // Any other compression: Connect answers unimplemented.
    if (encoding !== "gzip") return undefined;
    try {
      message = gunzipSync(message, { maxOutputLength: most });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "ERR_BUFFER_TOO_LARGE"
        ? Reason.LIMIT_EXCEEDED
        : Reason.INVALID;
    }
  }
  try {
    if (flavour.json) decodeJson(message, method);
    else fromBinary(method.input, message);
    return undefined;
  } catch {
    return Reason.INVALID;
  } finally {
    if (message.buffer !== body.buffer) message.fill(0);
  }
}

function decodeJson(message: Uint8Array, method: DescMethod): void {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(message);
  // As Connect reads it: a key that stands twice is refused, too.
  fromJsonString(method.input, text, { ignoreUnknownFields: true });
  const json = JSON.parse(text) as JsonValue;
  // What a scope holds and we do not know may restrict it: refused, although
  // unknown fields are ignored everywhere else (WIR-002, SES-016).
  for (const field of method.input.fields) {
    if (field.enum !== undefined) refuseUnknownName(field, json);
    if (field.message?.typeName !== ScopeSchema.typeName) continue;
    for (const name of [field.jsonName, field.name]) {
      const scope = (json as Record<string, JsonValue>)[name];
      if (scope === undefined || scope === null) continue;
      fromJson(ScopeSchema, scope, { ignoreUnknownFields: false });
    }
  }
}

/** A name of a value that we do not know would be dropped, and mean the default. */
function refuseUnknownName(field: DescField, json: JsonValue): void {
  for (const name of [field.jsonName, field.name]) {
    const value = (json as Record<string, JsonValue>)[name];
    if (typeof value !== "string") continue;
    if (!field.enum?.values.some((known) => known.name === value)) {
      throw new TypeError("an unknown name of a value");
    }
  }
}
