// SPDX-License-Identifier: Apache-2.0
import type { OutgoingHttpHeaders } from "node:http";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalResponseToNodeResponse } from "@connectrpc/connect-node";
import type { ChannelResponse } from "../channel/connection.ts";
import type { Flight } from "./flight.ts";

/** Write a stream until it ends, or whoever reads it goes away. */
export async function stream(
  answer: UniversalServerResponse,
  response: ChannelResponse,
  aborted: AbortSignal,
): Promise<void> {
  try {
    await universalResponseToNodeResponse(answer, response);
  } catch (error) {
    // A stream that was reset cannot be written to; the connection goes on.
    if (!aborted.aborted) throw error;
  }
}

/** The whole answer in one step: nothing can come between its bytes. */
export function write(
  response: ChannelResponse,
  answer: UniversalServerResponse,
  body: Uint8Array,
  flight: Flight | undefined,
): void {
  if (response.destroyed || response.headersSent) return;
  if (flight !== undefined) flight.writing = true;
  flight?.defer(() => body.fill(0));
  // Both kinds of response have these methods, with the same meaning.
  const out = response as {
    writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
    addTrailers(trailers: OutgoingHttpHeaders): void;
    end(chunk: Uint8Array): unknown;
  };
  out.writeHead(answer.status, Object.fromEntries(answer.header ?? []));
  if (answer.trailer !== undefined) {
    out.addTrailers(Object.fromEntries(answer.trailer));
  }
  out.end(body);
}

/** The body of an answer to a unary call. */
export async function collect(
  answer: UniversalServerResponse,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body ?? []) chunks.push(chunk);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined
    ? only
    : Buffer.concat(chunks);
}

/** Where there is no call, there is no body. */
export function answerStatus(response: ChannelResponse, status: number): void {
  response.statusCode = status;
  response.end();
}
