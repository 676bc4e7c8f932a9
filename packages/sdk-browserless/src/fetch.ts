// SPDX-License-Identifier: Apache-2.0
import { AssentError } from "./error.ts";
import type { Exchange, HttpRequest } from "./exchange.ts";
import type { Transport } from "./transport.ts";
import { createUnaryTransport } from "./unary.ts";

/** Where to send calls, and with what. */
export interface FetchTransportOptions {
  /** As in `http://localhost`; what it means is up to `fetch`. */
  readonly baseUrl: string;
  /** A fetch that is bound to the broker's local channel. */
  readonly fetch: typeof globalThis.fetch;
}

/**
 * A transport of nothing but a fetch function. Whoever hands it over vouches
 * for where it leads: SDK-001 and SDK-012 cannot be checked from here.
 */
export function createFetchTransport(
  options: FetchTransportOptions,
): Transport {
  return createUnaryTransport(createFetchExchange(options));
}

function createFetchExchange({
  baseUrl,
  fetch,
}: FetchTransportOptions): Exchange {
  const base = baseUrl.replace(/\/+$/, "");
  return {
    async send(request) {
      const { path, headers, body, signal } = request;
      try {
        signal.throwIfAborted();
        const response = await fetch(base + path, {
          method: "POST",
          // Otherwise fetch offers compression and unpacks without a bound.
          headers: { ...headers, "accept-encoding": "identity" },
          body,
          signal,
          redirect: "error",
        });
        return {
          status: response.status,
          header: (name) => response.headers.get(name) ?? undefined,
          body: await readBody(response, request),
        };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof AssentError) throw error;
        // Why fetch failed may hold anything, so it goes no further (SDK-007).
        throw new AssentError("unavailable", undefined, {
          outcomeUnknown: true,
        });
      }
    },
  };
}

async function readBody(
  response: Response,
  { answerBytes }: HttpRequest,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) return join(chunks, length);
    chunks.push(value);
    length += value.length;
    if (length > answerBytes) {
      await reader?.cancel();
      throw new AssentError("limit-exceeded", undefined, {
        outcomeUnknown: true,
      });
    }
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
