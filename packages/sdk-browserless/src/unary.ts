// SPDX-License-Identifier: Apache-2.0
import {
  type ErrorDetail,
  ErrorDetailSchema,
  limits,
  protocolVersion,
  servesVersion,
  versionHeader,
} from "@assent/protocol";
import {
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { AssentError } from "./error.ts";
import type { Exchange, HttpAnswer } from "./exchange.ts";
import {
  answeredError,
  connectCodeFromName,
  connectCodeFromStatus,
} from "./failure.ts";
import type { Transport } from "./transport.ts";

/**
 * A transport for unary calls: the Connect protocol with binary messages over
 * anything that carries HTTP requests. Written for this one use, because the
 * way to a secret is short: no stream, no interceptor, no compression. A
 * compressed answer is refused, so none can unpack into more than was
 * received (SDK-015).
 */
export function createUnaryTransport(exchange: Exchange): Transport {
  const transport: Transport = {
    async unary(method, message, { signal, timeoutMs }) {
      const body = toBinary(method.input, message);
      if (body.length > limits.messageBytes) {
        throw new AssentError("limit-exceeded");
      }
      const request = {
        path: `/${method.parent.typeName}/${method.name}`,
        headers: {
          "content-type": "application/proto",
          "content-length": String(body.length),
          "connect-protocol-version": "1",
          "connect-timeout-ms": String(Math.max(1, Math.floor(timeoutMs))),
          [versionHeader]: protocolVersion,
        },
        body,
        signal,
        answerBytes: limits.messageBytes,
      };
      const answer = await exchange.send(request);
      signal.throwIfAborted();
      return read(method.output, answer);
    },
  };
  if (exchange.reconnect) transport.reconnect = () => exchange.reconnect?.();
  if (exchange.close) transport.close = async () => exchange.close?.();
  return transport;
}

function read<O extends DescMessage>(
  schema: O,
  answer: HttpAnswer,
): MessageShape<O> {
  const version = answer.header(versionHeader);
  if (version !== undefined && !servesVersion(version)) {
    throw new AssentError("version-unsupported", undefined, {
      outcomeUnknown: answer.status === 200,
    });
  }
  if (answer.status !== 200) throw readError(answer);
  const encoding = answer.header("content-encoding") ?? "identity";
  if (
    version === undefined ||
    encoding !== "identity" ||
    answer.header("content-type") !== "application/proto"
  ) {
    throw malformed();
  }
  try {
    return fromBinary(schema, answer.body);
  } catch {
    throw malformed();
  }
}

// An answer that is not Connect's comes from something in between, or from no
// broker at all; only its status says anything.
function readError(answer: HttpAnswer): AssentError {
  const byStatus = connectCodeFromStatus(answer.status);
  if (answer.header("content-type") !== "application/json") {
    return byStatus === "unavailable"
      ? answeredError(byStatus, undefined)
      : malformed();
  }
  let error: { code?: unknown; details?: unknown };
  try {
    error = JSON.parse(new TextDecoder().decode(answer.body)) ?? {};
  } catch {
    return malformed();
  }
  return answeredError(
    connectCodeFromName(error.code) ?? byStatus,
    readDetail(error.details),
  );
}

function readDetail(details: unknown): ErrorDetail | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    if (detail?.type !== ErrorDetailSchema.typeName) continue;
    try {
      return fromBinary(ErrorDetailSchema, base64Decode(detail.value));
    } catch {
      throw malformed();
    }
  }
  return undefined;
}

// Whether a change was carried out cannot be told from what cannot be read.
function malformed(): AssentError {
  return new AssentError("malformed-answer", undefined, {
    outcomeUnknown: true,
  });
}
