// SPDX-License-Identifier: Apache-2.0
import type { SocketFetch } from "./socket-fetch.ts";

export type { SocketFetch };

/** What is used here of Deno's own. */
interface Runtime {
  createHttpClient(options: {
    readonly proxy: { readonly transport: "unix"; readonly path: string };
  }): { close(): void };
}

/**
 * Deno's fetch, bound to a Unix domain socket.
 *
 * @param socketPath absolute. That it is the socket of the user's own broker is
 * for the caller to know: nothing is checked here (SDK-001).
 */
export function createDenoFetch(socketPath: string): SocketFetch {
  const { Deno } = globalThis as unknown as { Deno: Runtime };
  const client = Deno.createHttpClient({
    proxy: { transport: "unix", path: socketPath },
  });
  let isClosed = false;
  return {
    fetch: ((input, init) => {
      // Deno's own options; other runtimes do not know them.
      const bound: RequestInit & { client: unknown; duplex: "half" } = {
        ...init,
        client,
        body: sentOnce(init?.body as Uint8Array),
        duplex: "half",
      };
      return fetch(input, bound);
    }) as typeof globalThis.fetch,
    close() {
      if (!isClosed) client.close();
      isClosed = true;
    },
  };
}

/**
 * When a connection is lost, Deno sends a POST again whose body it has at hand,
 * and a write would be done twice (SDK-002). What it has to ask for it cannot.
 */
function sentOnce(body: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(body);
      controller.close();
    },
  });
}
