// SPDX-License-Identifier: Apache-2.0
import type { SocketFetch } from "./socket-fetch.ts";

export type { SocketFetch };

/**
 * Bun's fetch, bound to a Unix domain socket.
 *
 * @param socketPath absolute. That it is the socket of the user's own broker is
 * for the caller to know: nothing is checked here (SDK-001).
 */
export function createBunFetch(socketPath: string): SocketFetch {
  return {
    fetch: ((input, init) => {
      // Bun's own option; other runtimes do not know it.
      const bound: RequestInit & { unix: string } = {
        ...init,
        unix: socketPath,
        // What it keeps open it never closes, and nobody else can.
        keepalive: false,
      };
      return fetch(input, bound);
    }) as typeof globalThis.fetch,
    close: () => undefined,
  };
}
