// SPDX-License-Identifier: Apache-2.0
// One process that calls the broker in every flavour: refused by each, then
// authorized by one, then served by each. One JSON object a line.

import { Agent } from "node:http";
import { createConnection } from "node:net";
import { BrokerService, ErrorDetailSchema, Reason } from "@assent/protocol";
import { ConnectError, createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";

const [socket, reference] = process.argv.slice(2);
const interceptors = [
  (next) => (request) => {
    request.header.set("assent-protocol-version", "1.0");
    return next(request);
  },
];
const baseUrl = "http://localhost";
const http2 = {
  baseUrl,
  interceptors,
  httpVersion: "2",
  nodeOptions: { createConnection: () => createConnection(socket) },
};
const agent = new Agent({ keepAlive: true });
agent.createConnection = () => createConnection(socket);
const http1 = {
  baseUrl,
  interceptors,
  httpVersion: "1.1",
  nodeOptions: { agent },
};

const flavours = {
  "Connect, proto, HTTP/2": createConnectTransport({
    ...http2,
    useBinaryFormat: true,
  }),
  "Connect, JSON, HTTP/2": createConnectTransport({
    ...http2,
    useBinaryFormat: false,
  }),
  "Connect, proto, HTTP/1.1": createConnectTransport({
    ...http1,
    useBinaryFormat: true,
  }),
  "Connect, JSON, HTTP/1.1": createConnectTransport({
    ...http1,
    useBinaryFormat: false,
  }),
  "gRPC, proto": createGrpcTransport({ ...http2, useBinaryFormat: true }),
  "gRPC, JSON": createGrpcTransport({ ...http2, useBinaryFormat: false }),
  "gRPC-Web, proto": createGrpcWebTransport({
    ...http2,
    useBinaryFormat: true,
  }),
  "gRPC-Web, HTTP/1.1": createGrpcWebTransport({
    ...http1,
    useBinaryFormat: true,
  }),
};

async function tell(step, flavour, call) {
  let outcome;
  try {
    const { result } = await call();
    outcome = Buffer.from(
      result?.result.value.secrets[0].outcome.value ?? [],
    ).toString();
  } catch (error) {
    const [detail] = ConnectError.from(error).findDetails(ErrorDetailSchema);
    outcome = detail
      ? `refused: ${Object.keys(Reason).find((name) => Reason[name] === detail.reason)}`
      : `${error}`;
  }
  console.log(JSON.stringify({ step, flavour, outcome }));
}

const request = {
  account: "Personal",
  operation: {
    operation: { case: "resolveSecrets", value: { references: [reference] } },
  },
};
const everywhere = async (step) => {
  for (const [flavour, transport] of Object.entries(flavours)) {
    await tell(step, flavour, () =>
      createClient(BrokerService, transport).request(request),
    );
  }
};

await everywhere("before");
await tell("authorize", "gRPC, proto", () =>
  createClient(BrokerService, flavours["gRPC, proto"]).authorize({
    account: "Personal",
  }),
);
await everywhere("after");
process.exit(0);
