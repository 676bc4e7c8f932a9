// SPDX-License-Identifier: Apache-2.0
import { Agent, type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import type { SocketFetch } from "@assent/sdk-browserless/bun";

const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

/** A fetch of Node that leads to a Unix socket and nowhere else, by HTTP/1.1. */
export function createSocketFetch(socketPath: string): SocketFetch {
  const agent = new Agent({ keepAlive: true });
  return {
    async fetch(input, init) {
      const { pathname } = new URL(String(input));
      const asked = request({
        agent,
        socketPath,
        method: init?.method,
        path: pathname,
        headers: Object.fromEntries(new Headers(init?.headers)),
        signal: init?.signal ?? undefined,
      });
      const answered = await new Promise<IncomingMessage>((resolve, reject) => {
        asked.on("error", reject);
        asked.on("response", resolve);
        asked.end(init?.body);
      });
      const { statusCode: status = 0, rawHeaders } = answered;
      const headers = new Headers();
      for (let at = 0; at < rawHeaders.length; at += 2) {
        headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
      }
      const body = withoutBody.has(status) ? null : Readable.toWeb(answered);
      return new Response(body as ReadableStream | null, { status, headers });
    },
    close: () => agent.destroy(),
  };
}
