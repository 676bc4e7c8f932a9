// SPDX-License-Identifier: Apache-2.0
import {
  create,
  type DescMethodUnary,
  fromBinary,
  isMessage,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ContextValues,
  createHandlerContext,
  type HandlerContext,
} from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { ChannelRequest } from "../channel/connection.ts";

/** What serves a unary method, by its local name. */
export type UnaryImplementation = Readonly<
  Record<string, (message: never, context: HandlerContext) => unknown>
>;

/** A call that Connect would serve no differently, only slower. */
export interface PlainCall {
  readonly method: DescMethodUnary;
  readonly implementation: UnaryImplementation;
  readonly signal: AbortSignal;
  readonly values: ContextValues;
  readonly timeoutMs: number | undefined;
}

/**
 * Whether a request is written the way our SDKs write it: Connect, one message
 * of protobuf, not compressed. Anything else goes through Connect's own server.
 */
export function isPlain({ headers }: ChannelRequest): boolean {
  return (
    headers["content-type"] === "application/proto" &&
    headers["content-encoding"] === undefined
  );
}

// Given to the signal of a call that has ended; without a reason a new error
// with its stack would be made each time.
const over = new ConnectError("the call is over", Code.Canceled);

/** Serve it. Rejects with what the implementation threw. */
export async function servePlain(
  body: Uint8Array,
  call: PlainCall,
): Promise<{
  readonly answer: UniversalServerResponse;
  readonly written: Uint8Array;
}> {
  const { method, implementation, signal, values, timeoutMs } = call;
  const serve = implementation[method.localName];
  if (serve === undefined) {
    throw new ConnectError("not implemented", Code.Unimplemented);
  }
  const context = createHandlerContext({
    method,
    service: method.parent,
    protocolName: "connect",
    requestMethod: "POST",
    url: "",
    requestSignal: signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    contextValues: values,
  });
  try {
    const message = fromBinary(method.input, body);
    const result = (await serve(message as never, context)) as Message;
    const written = toBinary(
      method.output,
      isMessage(result, method.output) ? result : create(method.output, result),
    );
    const header = new Headers({
      "content-type": "application/proto",
      "content-length": `${written.length}`,
    });
    return { answer: { status: 200, header }, written };
  } finally {
    context.abort(over);
  }
}
