// SPDX-License-Identifier: Apache-2.0
import {
  AssentError,
  type Exchange,
  type Timers,
} from "@assent/sdk-browserless";
import {
  type Connection,
  NotExecutedError,
  openConnection,
} from "./connection.ts";
import {
  checkEndpoint,
  type EndpointFacts,
  locateEndpoint,
  unreachable,
} from "./endpoint.ts";
import { pause, unlessAborted } from "./wait.ts";

/** How often a broker that was there before is tried again, and how the pauses grow, milliseconds (SDK-009). */
export const backoff: {
  readonly attempts: number;
  readonly firstMs: number;
  readonly mostMs: number;
} = { attempts: 6, firstMs: 50, mostMs: 500 };

/** What a channel is made of. */
export interface ChannelParts {
  /** The path of the socket; undefined: as the environment says. */
  readonly endpoint?: string | undefined;
  readonly facts: EndpointFacts;
  readonly timers: Timers;
}

/**
 * The way to the broker: one connection for all calls, opened by the first and
 * again when it is gone. The endpoint is always the same, and checked each
 * time. A broker that was never there is not waited for; one that was may be
 * restarting, so a few more attempts are made, by all waiting calls together.
 */
export function createChannel(parts: ChannelParts): Exchange {
  const { facts, timers } = parts;
  let path: string | undefined;
  let current: Connection | undefined;
  let opening: Promise<void> | undefined;
  let wasThere = false;
  let failures = 0;
  let notBefore = 0;
  let isClosed = false;

  async function open(): Promise<void> {
    path ??= locateEndpoint(parts.endpoint, facts);
    checkEndpoint(path, facts);
    try {
      current = await openConnection(path);
    } catch (error) {
      throw unreachable(path, error);
    }
    if (isClosed) await current.close();
  }

  // Returns without a connection when another attempt may help.
  async function attempt(): Promise<void> {
    try {
      await open();
      wasThere = true;
      failures = 0;
    } catch (error) {
      failures += 1;
      const mayReturn =
        wasThere &&
        failures < backoff.attempts &&
        error instanceof AssentError &&
        error.code === "unavailable";
      if (!mayReturn) {
        wasThere = false;
        failures = 0;
        throw error;
      }
      notBefore =
        timers.now() +
        Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.mostMs);
    } finally {
      opening = undefined;
    }
  }

  async function connection(signal: AbortSignal): Promise<Connection> {
    for (;;) {
      if (isClosed) throw new AssentError("closed");
      if (current?.isUsable) return current;
      const waitMs = notBefore - timers.now();
      if (waitMs > 0) {
        await pause(waitMs, signal, timers);
      } else {
        opening ??= attempt();
        await unlessAborted(opening, signal);
      }
    }
  }

  return {
    async send(request) {
      try {
        return await (await connection(request.signal)).send(request);
      } catch (error) {
        if (!(error instanceof NotExecutedError)) throw error;
      }
      return (await connection(request.signal)).send(request);
    },
    reconnect() {
      current?.retire();
      current = undefined;
    },
    async close() {
      isClosed = true;
      await current?.close();
    },
  };
}
