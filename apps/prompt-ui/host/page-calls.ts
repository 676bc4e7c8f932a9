// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { limits, servesVersion, versionHeader } from "@assent/protocol";
import { createContextValues } from "@connectrpc/connect";
import type {
  UniversalHandler,
  UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import { answer, readBody, securityHeaders } from "./answer.ts";
import { kPage, kSpent } from "./bridge.ts";
import { type PageState, pageEndHeader, pageStateHeader } from "./contract.ts";
import type { Page } from "./pages.ts";
import { zeroBytes } from "./zero-bytes.ts";

/** A page that does not take its answer for so long is cut off, milliseconds. */
export const slowMs = 30_000;

/** Serve one call of a page. Bytes of both ways are zeroed when it is over. */
export async function serveCall(
  handler: UniversalHandler,
  page: Page,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isUnary = handler.method.methodKind === "unary";
  const { headers } = request;
  const type = isUnary ? "application/proto" : "application/connect+proto";
  // One encoding, and none that a form or another site could send unasked.
  if (headers["content-type"] !== type) return answer(response, 415);
  const version = headers[versionHeader];
  if (typeof version !== "string" || !servesVersion(version)) {
    return answer(response, 400);
  }
  const body = await readBody(request, limits.messageBytes + envelopeBytes);
  if (body === undefined) {
    return answer(response, 413, "", { connection: "close" });
  }
  const spent: object[] = [];
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    // Connect waits for the first message before it answers; a page waits for
    // the headers to know what to ask its user for.
    if (!isUnary) beginStream(type, response, page);
    const made = await handler({
      httpVersion: request.httpVersion,
      method: "POST",
      url: `http://localhost${request.url}`,
      header: new Headers({
        "content-type": type,
        ...timeoutOf(headers["connect-timeout-ms"]),
      }),
      body: single(body),
      signal: gone.signal,
      contextValues: createContextValues().set(kPage, page).set(kSpent, spent),
    });
    if (isUnary) await writeWhole(made, response);
    else await writeStream(made, response);
  } finally {
    body.fill(0);
    for (const message of spent) zeroBytes(message);
  }
}

/** Answer a call of nobody we know. */
export function answerSignedOut(response: ServerResponse): void {
  const body = JSON.stringify({ code: "unauthenticated" });
  answer(response, 401, body, {
    "content-type": "application/json",
    [pageEndHeader]: "signed-out",
  });
}

const envelopeBytes = 5;

async function writeWhole(
  made: UniversalServerResponse,
  response: ServerResponse,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of made.body ?? []) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  answer(response, made.status, body, Object.fromEntries(made.header ?? []));
  if (!response.destroyed) await taken(response, "finish");
  body.fill(0);
}

function beginStream(type: string, response: ServerResponse, page: Page): void {
  const state: PageState = page.broker.isOpen ? "open" : "sign-in";
  response.writeHead(200, {
    ...securityHeaders,
    "cache-control": "no-store",
    "content-type": type,
    [pageStateHeader]: state,
  });
  response.flushHeaders();
}

async function writeStream(
  made: UniversalServerResponse,
  response: ServerResponse,
): Promise<void> {
  for await (const chunk of made.body ?? []) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await taken(response, "drain");
  }
  response.end();
}

/** Until it was taken, or whoever reads is gone or cut off. */
async function taken(response: ServerResponse, event: string): Promise<void> {
  const over = new AbortController();
  const cutOff = setTimeout(() => response.destroy(), slowMs);
  await Promise.race([
    once(response, event, { signal: over.signal }).catch(() => {}),
    once(response, "close", { signal: over.signal }).catch(() => {}),
  ]);
  clearTimeout(cutOff);
  over.abort();
}

function timeoutOf(given: string | string[] | undefined) {
  const isNumber = typeof given === "string" && /^\d{1,10}$/.test(given);
  return isNumber ? { "connect-timeout-ms": given } : undefined;
}

async function* single(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield body;
}
