// SPDX-License-Identifier: Apache-2.0
// A surface: calls the channel over the descriptor it was started with.
import { connect } from "node:http2";
import { Socket } from "node:net";

const session = connect("http://localhost", {
  createConnection: () => new Socket({ fd: 3 }),
});
const stream = session.request({ ":method": "POST", ":path": "/surface" });
let body = "";
stream.setEncoding("utf8");
stream.on("data", (chunk: string) => {
  body += chunk;
});
stream.on("end", () => process.stdout.write(`${JSON.stringify({ body })}\n`));
stream.end();
process.stdin.resume();
