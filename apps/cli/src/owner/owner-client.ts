// SPDX-License-Identifier: Apache-2.0

import type { Socket } from "node:net";
import { limits, protocolVersion, versionHeader } from "@assent/protocol";
import {
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import {
  type Client,
  ConnectError,
  createClient,
  type Interceptor,
} from "@connectrpc/connect";
import {
  createConnectTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { CommandError, exitCodes } from "../exit.ts";
import { connectChecked } from "./endpoint.ts";

/** The owner services of a broker, over one connection. */
export interface OwnerClient {
  readonly accounts: Client<typeof AccountService>;
  readonly prompts: Client<typeof PromptService>;
  readonly sessions: Client<typeof SessionService>;
  readonly activity: Client<typeof ActivityService>;
  readonly vaults: Client<typeof VaultService>;
  readonly settings: Client<typeof SettingsService>;
  close(): void;
}

/**
 * Connect to a broker's owner channel. What a connection authenticated for
 * ends with it, so there is exactly one: when it is lost, calls fail.
 *
 * @throws CommandError (3)
 */
export async function connectOwner(
  path: string,
  userId: number,
): Promise<OwnerClient> {
  return ownerOver(await connectChecked(path, userId));
}

/** The owner services over a connection that is there already. */
export function ownerOver(socket: Socket): OwnerClient {
  let uses = 0;
  const isLost = () => socket.destroyed || uses > 1;
  const connection = new Http2SessionManager(
    "http://localhost",
    {},
    {
      createConnection() {
        uses += 1;
        if (uses > 1) throw connectionLost();
        return socket;
      },
    },
  );
  const transport = createConnectTransport({
    baseUrl: "http://localhost",
    httpVersion: "2",
    sessionManager: connection,
    interceptors: [tellLoss(isLost), stateVersion],
    readMaxBytes: limits.messageBytes,
    // Secrets are not worth a side channel.
    acceptCompression: [],
  });
  return {
    accounts: createClient(AccountService, transport),
    prompts: createClient(PromptService, transport),
    sessions: createClient(SessionService, transport),
    activity: createClient(ActivityService, transport),
    vaults: createClient(VaultService, transport),
    settings: createClient(SettingsService, transport),
    close() {
      connection.abort();
      socket.destroy();
    },
  };
}

const stateVersion: Interceptor = (next) => (request) => {
  request.header.set(versionHeader, protocolVersion);
  return next(request);
};

// Connect tells a lost connection in many ways; here it is told in one. An
// answer of the broker has no cause, a fault of the connection has one of Node.
function tellLoss(isLost: () => boolean): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      throw isLost() || isConnectionFault(error) ? connectionLost() : error;
    }
  };
}

function isConnectionFault(error: unknown): boolean {
  const cause = error instanceof ConnectError ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return /^(ERR_HTTP2_|ECONN|EPIPE)/.test(code ?? "");
}

function connectionLost(): CommandError {
  return new CommandError(
    exitCodes.unreachable,
    "The connection to the broker was lost.",
    "See whether it is running with: assent status",
  );
}
