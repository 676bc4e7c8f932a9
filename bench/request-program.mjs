// SPDX-License-Identifier: Apache-2.0
// The program that asks: one secret through the SDK from a real broker, the
// same call through connect-node as it comes, and a bare HTTP/2 echo of as many
// bytes. In turns, so that a busy machine slows all three; one JSON object out.
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { join } from "node:path";
import {
  BrokerService,
  OperationSchema,
  RequestRequestSchema,
} from "@assent/protocol";
import { createClient as createAssent } from "@assent/sdk-node";
import { create, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";

const [directory, reference, rounds, calls] = process.argv.slice(2);
const scope = { references: [reference] };
const assent = createAssent({ scope, integrationName: "bench" });
const nodeOptions = {
  createConnection: () => createConnection(join(directory, "stock.sock")),
};
const stock = createClient(
  BrokerService,
  createConnectTransport({
    baseUrl: "http://localhost",
    httpVersion: "2",
    nodeOptions,
  }),
);
const operation = create(OperationSchema, {
  operation: { case: "resolveSecrets", value: { references: [reference] } },
});
const body = toBinary(
  RequestRequestSchema,
  create(RequestRequestSchema, { operation }),
);
const session = connect("http://localhost", {
  createConnection: () => createConnection(join(directory, "raw.sock")),
});

const ways = {
  assent: () => assent.secrets.resolveBytes(reference),
  stock: () => stock.request({ operation }),
  raw: () =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": "/echo" });
      stream.on("data", () => {});
      stream.on("end", resolve);
      stream.on("error", reject);
      stream.end(body);
    }),
};

// Both give the same secret, or the comparison means nothing.
const [ours, theirs] = [
  await assent.secrets.resolveBytes(reference),
  (await stock.request({ operation })).result?.result.value.secrets[0].outcome
    .value,
];
if (!Buffer.from(ours).equals(theirs)) throw new Error("not the same answer");

const medians = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
// The first round warms up.
for (let round = 0; round <= Number(rounds); round += 1) {
  for (const [way, call] of Object.entries(ways)) {
    const median = await medianOf(call);
    if (round > 0) medians[way].push(median);
  }
}
console.log(JSON.stringify(medians));
assent.close();
session.close();
process.exit(0);

/** Of so many calls one after the other, microseconds. */
async function medianOf(call) {
  const times = [];
  for (let count = 0; count < Number(calls); count += 1) {
    const began = performance.now();
    await call();
    times.push((performance.now() - began) * 1000);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}
