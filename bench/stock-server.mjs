// SPDX-License-Identifier: Apache-2.0
// What others would build: connect-node as it comes, and below it the HTTP/2 of
// the runtime. Both answer one fixed secret and judge nothing. Two sockets in
// the directory given as the argument.
import { createServer } from "node:http2";
import { join } from "node:path";
import { BrokerService, ResultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";

const [directory, value] = process.argv.slice(2);
const result = create(ResultSchema, {
  result: {
    case: "resolvedSecrets",
    value: {
      secrets: [{ outcome: { case: "value", value: Buffer.from(value) } }],
    },
  },
});
const stock = createServer(
  connectNodeAdapter({
    routes: (router) =>
      router.service(BrokerService, { request: () => ({ result }) }),
  }),
);
const raw = createServer();
raw.on("stream", (stream) => {
  const parts = [];
  stream.on("data", (part) => parts.push(part));
  stream.on("end", () => {
    stream.respond({ ":status": 200 });
    stream.end(Buffer.concat(parts));
  });
});
stock.listen(join(directory, "stock.sock"), () =>
  raw.listen(join(directory, "raw.sock"), () => console.log("listening")),
);
