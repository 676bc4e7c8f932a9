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
import type { DescService } from "@bufbuild/protobuf";
import type { Interceptor, Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";

/** What the host passes on to the broker: the owner's services, and no other. */
export const ownerServices: readonly DescService[] = [
  AccountService,
  ActivityService,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
];

/** One connection to the owner channel of a broker. */
export interface OwnerConnection {
  readonly transport: Transport;
  /** Aborted when it is lost or closed; it never comes back. */
  readonly lost: AbortSignal;
  close(): void;
}

/** Speak the owner services over a socket that is there already. */
export function ownerOver(socket: Socket): OwnerConnection {
  const lost = new AbortController();
  const lose = () => lost.abort();
  socket.once("close", lose).on("error", lose);
  let isTaken = false;
  const session = new Http2SessionManager(
    "http://localhost",
    {},
    {
      createConnection() {
        if (isTaken || socket.destroyed) {
          throw new Error("the connection was lost");
        }
        isTaken = true;
        return socket;
      },
    },
  );
  const transport = createConnectTransport({
    baseUrl: "http://localhost",
    httpVersion: "2",
    sessionManager: session,
    interceptors: [stateVersion],
    readMaxBytes: limits.messageBytes,
    acceptCompression: [],
  });
  return {
    transport,
    lost: lost.signal,
    close() {
      lose();
      session.abort();
      socket.destroy();
    },
  };
}

const stateVersion: Interceptor = (next) => (request) => {
  request.header.set(versionHeader, protocolVersion);
  return next(request);
};
