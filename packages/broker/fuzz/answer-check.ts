// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason } from "@assent/protocol";
import { OwnerErrorDetailSchema } from "@assent/protocol/owner";
import {
  type DescMessage,
  fromBinary,
  fromJsonString,
} from "@bufbuild/protobuf";

/** An answer to one call, however it was framed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** What a call came to: it succeeded, was refused with a code, or was no call at all. */
export type Outcome =
  | { readonly kind: "success" }
  | { readonly kind: "no-call" }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly reason: number | undefined;
    };

const codes = [
  "ok canceled unknown invalid_argument deadline_exceeded not_found",
  "already_exists permission_denied resource_exhausted failed_precondition",
  "aborted out_of_range unimplemented internal unavailable data_loss",
  "unauthenticated",
]
  .join(" ")
  .split(" ");
const withoutDetail = ["canceled", "deadline_exceeded", "unimplemented"];
const telling =
  /\n|\bat [\w.<]+ ?\(|\.ts\b|\.js\b|node:|node_modules|\/tmp|\/run\/|\/root|\/home/;

/**
 * What an answer says, once it is found to be as the protocol wants it.
 *
 * @throws Error that says what is wrong with it.
 */
export function judgeAnswer(answer: Answer, output: DescMessage): Outcome {
  const { status, headers, body } = answer;
  if (headers["assent-protocol-version"] !== "1.0") {
    throw new Error(`an answer ${status} without the version`);
  }
  if ([404, 405, 415].includes(status) && body.length === 0) {
    return { kind: "no-call" };
  }
  const type = String(headers["content-type"] ?? "");
  if (type.startsWith("application/grpc")) return judgeGrpc(answer, output);
  if (type.startsWith("application/connect+")) return judgeStream(body);
  if (status !== 200) return judgeError(JSON.parse(body.toString()));
  decode(output, body, type.includes("json"));
  return { kind: "success" };
}

function judgeStream(body: Buffer): Outcome {
  const messages = envelopes(body);
  const last = messages.at(-1);
  if (last === undefined || last.flags !== 2) throw new Error("no end");
  const { error } = JSON.parse(last.data.toString());
  return error === undefined ? { kind: "success" } : judgeError(error);
}

function judgeGrpc(answer: Answer, output: DescMessage): Outcome {
  const { headers, trailers, body } = answer;
  const web = String(headers["content-type"]).startsWith(
    "application/grpc-web",
  );
  const messages = envelopes(body);
  const fields: Record<string, unknown> = { ...headers, ...trailers };
  const data = messages.filter(({ flags }) => (flags & 0x80) === 0);
  if (web) {
    for (const { flags, data: text } of messages) {
      if ((flags & 0x80) === 0) continue;
      for (const line of text.toString().split("\r\n")) {
        const colon = line.indexOf(":");
        if (colon > 0)
          fields[line.slice(0, colon).toLowerCase()] = line
            .slice(colon + 1)
            .trim();
      }
    }
  }
  const status = Number(fields["grpc-status"] ?? Number.NaN);
  const code = codes[status];
  if (code === undefined) throw new Error("no gRPC status");
  if (status === 0) {
    for (const { data: message } of data)
      decode(output, message, String(headers["content-type"]).includes("json"));
    return { kind: "success" };
  }
  const packed = Buffer.from(
    String(fields["grpc-status-details-bin"] ?? ""),
    "base64",
  );
  // google.rpc.Status: details, its third field, are of google.protobuf.Any.
  const details = [...lengthDelimited(packed)]
    .filter(({ number }) => number === 3)
    .map(({ bytes }) => {
      const parts = new Map(
        [...lengthDelimited(bytes)].map((part) => [part.number, part.bytes]),
      );
      return {
        type: String(parts.get(1)).replace(/^.*\//, ""),
        value: Buffer.from(parts.get(2) ?? []).toString("base64"),
      };
    });
  const message = decodeURIComponent(String(fields["grpc-message"] ?? ""));
  return judgeError({ code, message, details });
}

function judgeError(error: {
  code?: unknown;
  message?: unknown;
  details?: { type?: string; value?: string }[];
}): Outcome {
  const { code, message = "", details = [] } = error;
  if (typeof code !== "string" || !codes.includes(code) || code === "ok") {
    throw new Error(`an unknown code: ${String(code)}`);
  }
  if (typeof message !== "string" || telling.test(message)) {
    throw new Error(`a message that tells too much: ${String(message)}`);
  }
  // Somebody else's fault is not ours (LEAK-004).
  if (["internal", "unknown", "data_loss"].includes(code)) {
    throw new Error(`the broker failed: ${code} ${message}`);
  }
  if (details.length !== (withoutDetail.includes(code) ? 0 : 1)) {
    throw new Error(`${code} with ${details.length} details: ${message}`);
  }
  const [detail] = details;
  if (detail === undefined) return { kind: "refused", code, reason: undefined };
  const bytes = Buffer.from(detail.value ?? "", "base64");
  if (detail.type === OwnerErrorDetailSchema.typeName) {
    fromBinary(OwnerErrorDetailSchema, bytes);
    return { kind: "refused", code, reason: undefined };
  }
  if (detail.type !== ErrorDetailSchema.typeName) {
    throw new Error(`a detail of type ${detail.type}`);
  }
  const { reason } = fromBinary(ErrorDetailSchema, bytes);
  if (reason === Reason.UNSPECIFIED) throw new Error("a detail of no reason");
  return { kind: "refused", code, reason };
}

function decode(schema: DescMessage, bytes: Buffer, json: boolean): void {
  if (json) fromJsonString(schema, bytes.toString());
  else fromBinary(schema, bytes);
}

function envelopes(body: Buffer): { flags: number; data: Buffer }[] {
  const found: { flags: number; data: Buffer }[] = [];
  let at = 0;
  while (at < body.length) {
    const flags = body.readUInt8(at);
    const end = at + 5 + body.readUInt32BE(at + 1);
    if (end > body.length) throw new Error("an envelope that is cut off");
    found.push({ flags, data: body.subarray(at + 5, end) });
    at = end;
  }
  return found;
}

function* lengthDelimited(
  bytes: Uint8Array,
): Iterable<{ number: number; bytes: Uint8Array }> {
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
    const length = varint();
    if ((tag & 7) !== 2) continue;
    yield { number: tag >>> 3, bytes: bytes.subarray(at, at + length) };
    at += length;
  }
}
