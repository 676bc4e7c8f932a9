// SPDX-License-Identifier: Apache-2.0

import { protocolVersion, versionHeader } from "@assent/protocol";
import type { DescService } from "@bufbuild/protobuf";
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { pageKeyHeader, pageKeyItem } from "../../host/contract.ts";
import { endPage, isOver, pageEndOf } from "./connection.ts";

/**
 * A client of one owner service, over the host that served this page:
 * `ownerClient(SessionService).listSessions({})`. Made once per service. A
 * screen imports the services it uses, so that only those are in its chunk.
 *
 * Calls fail with a ConnectError; `failureText` tells it to people.
 */
export function ownerClient<S extends DescService>(service: S): Client<S> {
  const known = clients.get(service) as Client<S> | undefined;
  if (known !== undefined) return known;
  const client = createClient(service, transport());
  clients.set(service, client);
  return client;
}

const clients = new Map<DescService, unknown>();

let made: Transport | undefined;

function transport(): Transport {
  made ??= createConnectTransport({
    baseUrl: window.location.origin,
    useBinaryFormat: true,
    interceptors: [withPageKey, endsPage],
  });
  return made;
}

// The key belongs to this origin, port included, and to this tab. Who has it,
// and the cookie, may see and deny; approving takes a credential all the same.
const withPageKey: Interceptor = (next) => (request) => {
  const key = window.sessionStorage.getItem(pageKeyItem);
  if (key !== null) request.header.set(pageKeyHeader, key);
  request.header.set(versionHeader, protocolVersion);
  return next(request);
};

// Any call may learn that the page is over, and no call is made after that.
const endsPage: Interceptor = (next) => async (request) => {
  if (isOver()) throw new ConnectError("the page is over", Code.Unavailable);
  try {
    return await next(request);
  } catch (error) {
    const end = pageEndOf(error);
    if (end !== undefined) endPage(end);
    throw error;
  }
};
