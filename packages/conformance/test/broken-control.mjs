// SPDX-License-Identifier: Apache-2.0
// A broker whose control service describes itself, and does nothing that it
// declares.
import { createServer as createHttp2 } from "node:http2";
import { createServer } from "node:net";

const { ASSENT_ENDPOINT, ASSENT_CONFORMANCE_CONTROL } = process.env;
createServer().listen(ASSENT_ENDPOINT);
createHttp2((request, response) => {
  const isKnown = request.headers[":path"].endsWith("/Describe");
  response.statusCode = isKnown ? 200 : 501;
  const type = isKnown ? "application/proto" : "application/json";
  response.setHeader("content-type", type);
  response.end(isKnown ? "" : '{"code":"unimplemented"}');
}).listen(ASSENT_CONFORMANCE_CONTROL);
process.once("SIGTERM", () => process.exit(0));
