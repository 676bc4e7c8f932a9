// SPDX-License-Identifier: Apache-2.0
import {
  ErrorDetailSchema,
  protocolVersion,
  servesVersion,
  versionHeader,
} from "@assent/protocol";
import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { AssentError } from "./error.ts";
import { answeredError, connectCodeFromNumber } from "./failure.ts";
import type { Transport } from "./transport.ts";

/** The part of a transport of `@connectrpc/connect` that is used here. */
export interface ConnectTransport {
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: MessageInitShape<I>,
  ): Promise<{ readonly header: Headers; readonly message: MessageShape<O> }>;
}

// What a ConnectError looks like; its class is not imported, so that the SDK
// does not need the library.
interface ConnectFailure {
  readonly code: number;
  readonly metadata: Headers;
  findDetails<T extends DescMessage>(schema: T): MessageShape<T>[];
}

/**
 * Use a transport of `@connectrpc/connect`: gRPC, gRPC-Web, or one of a test.
 * It must bound the size of answers itself (`readMaxBytes`, SDK-015).
 */
export function adaptConnectTransport(inner: ConnectTransport): Transport {
  return {
    async unary(method, message, { signal, timeoutMs }) {
      const header = { [versionHeader]: protocolVersion };
      try {
        signal.throwIfAborted();
        const answer = await inner.unary(
          method,
          signal,
          timeoutMs,
          header,
          message as MessageInitShape<typeof method.input>,
        );
        const version = answer.header.get(versionHeader);
        if (version === null) {
          throw new AssentError("malformed-answer", undefined, {
            outcomeUnknown: true,
          });
        }
        checkVersion(version, true);
        return answer.message;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof AssentError) throw error;
        if (!isConnectFailure(error)) {
          throw new AssentError("unavailable", undefined, {
            outcomeUnknown: true,
          });
        }
        checkVersion(error.metadata.get(versionHeader), false);
        const code = connectCodeFromNumber(error.code) ?? "unknown";
        throw answeredError(code, error.findDetails(ErrorDetailSchema)[0]);
      }
    },
  };
}

function checkVersion(version: string | null, outcomeUnknown: boolean): void {
  if (version !== null && !servesVersion(version)) {
    throw new AssentError("version-unsupported", undefined, { outcomeUnknown });
  }
}

function isConnectFailure(error: unknown): error is ConnectFailure {
  return error instanceof Error && error.name === "ConnectError";
}
