// SPDX-License-Identifier: Apache-2.0
import { BrokerService, RevokeRequestSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createAuthorization } from "./authorization.ts";
import type { CallOptions } from "./call-limit.ts";
import { createEnvironments, type Environments } from "./environments.ts";
import { createFetchTransport, type FetchTransportOptions } from "./fetch.ts";
import type { Grant } from "./grant.ts";
import { createItems, type Items } from "./items.ts";
import { createOpenCalls } from "./open-calls.ts";
import {
  type Ask,
  type ClientOptions,
  checkAsk,
  readOptions,
} from "./options.ts";
import { createRequester } from "./requester.ts";
import type { Scope } from "./scope.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import type { SessionStatus } from "./session.ts";
import { systemTimers, type Timers } from "./timers.ts";
import type { Transport } from "./transport.ts";
import { createVaults, type Vaults } from "./vaults.ts";

/** What to ask for, and the limits of the call. */
export interface AuthorizeOptions extends CallOptions {
  /** What for, up to 200 characters; shown as "not checked". */
  readonly purpose?: string;
  /** Access is to end after this long without a call; 1,000 to 600,000. */
  readonly inactivityTimeoutMs?: number;
}

/**
 * A client of the broker, for one account. It asks for access when a call
 * needs it: the first call waits until the user has answered the prompt. After
 * a no it does not ask again by itself; `authorize` does. It holds no secret.
 */
export interface AssentClient extends AsyncDisposable {
  readonly secrets: Secrets;
  readonly vaults: Vaults;
  readonly items: Items;
  readonly environments: Environments;
  /** What calls have shown of access so far; asks nobody. */
  readonly status: SessionStatus;
  /** The newest grant; undefined before the first. It may have ended since. */
  readonly grant: Grant | undefined;
  /**
   * Ask for access now; at once if there is access that covers it already.
   * Scope, purpose and time become what this client asks for from then on.
   * Grants add up: one that is narrower than asked is no error, look at it.
   * Where access covers the scope already, that access is the answer, with the
   * time that it has.
   *
   * @throws AssentError "prompt-denied", "prompt-timed-out", and as every call
   */
  authorize(scope?: Scope, options?: AuthorizeOptions): Promise<Grant>;
  /** Give up the access of this process to the account. */
  revoke(options?: CallOptions): Promise<void>;
  /** End calls with "closed" and close the connection. Idempotent. */
  close(): Promise<void>;
}

/** How the calls of a client are carried: by a transport, or by fetch. */
export type Carrier = { readonly transport: Transport } | FetchTransportOptions;

/**
 * Create a client. Nothing is sent before the first call.
 *
 * @throws AssentError "invalid" for options that break a rule
 */
export function createClient(options: ClientOptions & Carrier): AssentClient {
  return assembleClient(
    "transport" in options ? options.transport : createFetchTransport(options),
    options,
    systemTimers,
  );
}

/** Create a client on a given clock. */
export function assembleClient(
  transport: Transport,
  options: ClientOptions,
  timers: Timers,
): AssentClient {
  const settings = readOptions(options);
  const { requestTimeoutMs } = settings;
  const calls = createOpenCalls(timers);
  const authorization = createAuthorization(transport, settings, timers);
  const requester = createRequester({
    transport,
    authorization,
    calls,
    timers,
    requestTimeoutMs,
  });

  async function close(): Promise<void> {
    calls.close();
    await transport.close?.();
  }

  return {
    secrets: createSecrets(requester),
    vaults: createVaults(requester),
    items: createItems(requester),
    environments: createEnvironments(requester),
    get status() {
      return authorization.status;
    },
    get grant() {
      return authorization.grant;
    },
    authorize: (scope, { purpose, inactivityTimeoutMs, ...options } = {}) =>
      calls.run(options, (limit) => {
        const change: Partial<Ask> = {
          ...(scope && { scope }),
          ...(purpose !== undefined && { purpose }),
          ...(inactivityTimeoutMs !== undefined && { inactivityTimeoutMs }),
        };
        checkAsk(authorization.asking(change));
        return authorization.ask(change, limit);
      }),
    revoke: (options = {}) =>
      calls.run(
        { timeoutMs: requestTimeoutMs, ...options },
        async ({ signal, remainingMs }) => {
          const account = authorization.forget();
          // Without a name it would end what other clients were granted.
          if (account === "") return;
          await transport.unary(
            BrokerService.method.revoke,
            create(RevokeRequestSchema, { account }),
            { signal, timeoutMs: remainingMs() ?? requestTimeoutMs },
          );
        },
      ),
    close,
    [Symbol.asyncDispose]: close,
  };
}
