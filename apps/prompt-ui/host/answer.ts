// SPDX-License-Identifier: Apache-2.0
import type {
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from "node:http";

/**
 * On every answer. Scripts, styles and calls are of this origin alone, nothing
 * inline runs, no string becomes script, nothing frames the page, and no
 * request leaves the machine.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(), clipboard-read=(), display-capture=(), geolocation=(), microphone=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Answer in one step; nothing of it is kept by anybody unless `headers` say so. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array = "",
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    ...securityHeaders,
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/**
 * The body of a request as one copy, whose parts are zeroed. Undefined when it
 * is longer than it may be: nothing of it is kept.
 */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) return;
  const chunks: Buffer[] = [];
  let length = 0;
  const zero = () => {
    for (const chunk of chunks) chunk.fill(0);
  };
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > mostBytes) {
      zero();
      return;
    }
  }
  // Of its own memory, never of the pool that others share.
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  zero();
  return body;
}
