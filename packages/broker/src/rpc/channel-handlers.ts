// SPDX-License-Identifier: Apache-2.0
import { BrokerService, Reason } from "@assent/protocol";
import { OwnerReason } from "@assent/protocol/owner";
import type { ChannelHandler } from "../channel/connection.ts";
import type { Log } from "../log/log.ts";
import { brokerFailure, createBrokerService } from "./broker-service.ts";
import { translating } from "./fault.ts";
import { createGateway } from "./gateway.ts";
import type { OwnerAccess } from "./owner-access.ts";
import { registerOwnerServices } from "./owner-services.ts";
import type { BrokerParts } from "./parts.ts";
import { ownerRefusal, refusal } from "./refusal.ts";
import { createRefusalReport } from "./refusal-line.ts";

/** What programs reach: Authorize, Request and Revoke, and nothing else (LEAK-006). */
export function createBrokerHandler(
  parts: BrokerParts,
  log: Log,
): ChannelHandler {
  const onRefused = createRefusalReport(log, "broker");
  const service = translating(
    createBrokerService(parts),
    (error) => brokerFailure(error, parts.onFault),
    onRefused,
  );
  return createGateway({
    at: parts.at,
    flights: parts.flights,
    onRefused,
    admit: ({ peer }) =>
      peer.identified ? undefined : refusal(Reason.PEER_UNIDENTIFIED),
    routes: (router) => router.service(BrokerService, service),
    plain: { service: BrokerService, implementation: service },
  });
}

/** What surfaces and the command line reach. */
export function createOwnerHandler(
  parts: BrokerParts,
  access: OwnerAccess,
  log: Log,
): ChannelHandler {
  const onRefused = createRefusalReport(log, "owner");
  return createGateway({
    at: parts.at,
    flights: parts.flights,
    onRefused,
    // A surface may hide its memory and so be unidentified; what it may do hangs on
    // credentials. But it must still be the process that gave them (PRC-005).
    admit: ({ peer }) =>
      peer.identified && peer.verify() !== undefined
        ? ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED)
        : undefined,
    routes: (router) => registerOwnerServices(router, parts, access, onRefused),
  });
}
