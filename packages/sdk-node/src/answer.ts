// SPDX-License-Identifier: Apache-2.0
import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import {
  AssentError,
  type HttpAnswer,
  type HttpRequest,
} from "@assent/sdk-browserless";

/**
 * The whole answer on a stream, in memory that is bounded by
 * `request.answerBytes` (SDK-015). A stream that ends in another way rejects
 * (SDK-016); an abort resets it, so that the broker stops too (SDK-010).
 *
 * @throws AssentError, or the reason of the signal
 */
export function receiveAnswer(
  stream: ClientHttp2Stream,
  { signal, answerBytes }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let headers: IncomingHttpHeaders | undefined;

    let isOver = false;

    const settle = () => {
      isOver = true;
      signal.removeEventListener("abort", cancel);
    };
    const fail = (error: unknown) => {
      settle();
      stream.close(constants.NGHTTP2_CANCEL);
      reject(error);
    };
    const cancel = () => fail(signal.reason);

    signal.addEventListener("abort", cancel);
    if (signal.aborted) return cancel();
    stream.on("response", (received, _flags, raw) => {
      headers = received;
      if (hasDuplicates(raw)) fail(failed("malformed-answer"));
      else if (Number(received["content-length"]) > answerBytes) {
        fail(failed("limit-exceeded"));
      }
    });
    stream.on("data", (chunk: Uint8Array) => {
      if (isOver) return;
      length += chunk.length;
      if (length <= answerBytes) chunks.push(chunk);
      else fail(failed("limit-exceeded"));
    });
    stream.on("end", () => {
      if (isOver || headers === undefined || stream.rstCode !== 0) return;
      settle();
      resolve(createAnswer(headers, join(chunks, length)));
    });
    // What went wrong is told by the code of the reset, on close.
    stream.on("error", () => {});
    stream.on("close", () => {
      if (isOver) return;
      const isMalformed = stream.rstCode === constants.NGHTTP2_PROTOCOL_ERROR;
      fail(isMalformed ? failed("malformed-answer") : broken());
    });
  });
}

function createAnswer(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): HttpAnswer {
  return {
    status: Number(headers[":status"]),
    header(name) {
      const value = headers[name];
      return typeof value === "string" ? value : undefined;
    },
    body,
  };
}

// Node keeps the first of several and says nothing.
function hasDuplicates(raw: readonly string[]): boolean {
  let types = 0;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i] === "content-type") types += 1;
  }
  return types > 1;
}

// A copy: what arrives is part of a larger buffer that the runtime shares.
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function failed(code: "malformed-answer" | "limit-exceeded"): AssentError {
  return new AssentError(code, undefined, { outcomeUnknown: true });
}

function broken(): AssentError {
  return new AssentError(
    "unavailable",
    "The connection to the broker broke before it had answered.",
    { outcomeUnknown: true },
  );
}
