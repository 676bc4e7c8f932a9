// SPDX-License-Identifier: Apache-2.0
import {
  type AssentClient,
  type ClientOptions,
  createClient as createCoreClient,
  createUnaryTransport,
  systemTimers,
} from "@assent/sdk-browserless";
import { createChannel } from "./channel.ts";
import { processFacts } from "./endpoint.ts";

/** Options of a client of the local broker. */
export interface NodeClientOptions extends ClientOptions {
  /**
   * The absolute path of the broker's socket. Default: ASSENT_ENDPOINT, else
   * `run/broker.sock` in ASSENT_HOME, else the user's runtime directory. It
   * must be this user's own, in a directory that is closed to others.
   */
  readonly endpoint?: string;
}

/**
 * Create a client of the broker of this user, over its local socket. Nothing
 * is opened before the first call, and nothing keeps the program alive but a
 * call under way, so a program that does not close it still ends (SDK-008).
 *
 * @throws AssentError "invalid" for options that break a rule
 */
export function createClient(options: NodeClientOptions = {}): AssentClient {
  const { endpoint, ...rest } = options;
  const facts = processFacts();
  const channel = createChannel({ endpoint, facts, timers: systemTimers });
  return createCoreClient({
    ...rest,
    transport: createUnaryTransport(channel),
  });
}
