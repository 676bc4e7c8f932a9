// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { mutate } from "./mutation.ts";
import type { Random } from "./random.ts";

const lines = [
  "POST /assent.v1.BrokerService/Authorize HTTP/1.1",
  "POST /assent.v1.BrokerService/Request HTTP/1.1",
  "POST /assent.v1.BrokerService/Revoke HTTP/1.1",
  "POST http://x/assent.v1.BrokerService/Revoke HTTP/1.1",
  "POST /assent.owner.v1.AccountService/ListAccounts HTTP/1.1",
  "GET / HTTP/1.1",
  "CONNECT x:1 HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "POST /assent.v1.BrokerService/Revoke HTTP/1.0",
  "POST /assent.v1.BrokerService/Revoke HTTP/9.9",
  "POST  /two  HTTP/1.1",
  "PRI * HTTP/1.1",
];
const oddFields = [
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: gzip, chunked",
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: +5",
  "Content-Length: 5, 5",
  "Content-Length: 99999999999",
  "Content-Length: 18446744073709551621",
  "Content-Encoding: gzip",
  "Content-Encoding: br",
  "Expect: 100-continue",
  "Expect: what",
  "Upgrade: h2c",
  "Connection: Upgrade, HTTP2-Settings",
  "Connection: close",
  "Connection: keep-alive",
  "Trailer: X",
  " folded: yes",
  "no colon",
  ": no name",
  "Space : x",
  "X: \u0000",
  "X: \u00ff",
  `X: ${"y".repeat(20_000)}`,
  "Host: other",
  "Cookie: a=b",
];
const chunks = [
  "2\r\n{}\r\n0\r\n\r\n",
  "2;x=y\r\n{}\r\n0\r\nX: trailer\r\n\r\n",
  "00000000002\r\n{}\r\n0\r\n\r\n",
  "ffffffffffffffff\r\n{}\r\n0\r\n\r\n",
  "80000000\r\n{}",
  "-1\r\n{}\r\n0\r\n\r\n",
  "2\n{}\n0\n\n",
  "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
  "0\r\n\r\n",
  "2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n",
];
const types = ["application/json", "application/proto", "application/grpc", ""];

/** One request of HTTP/1.1, or something like it. */
function request(random: Random): Buffer {
  const body: Uint8Array = random.oneIn(10)
    ? gzipSync(Buffer.alloc(300_000))
    : Buffer.from(random.pick(["{}", '{"account":"Personal"}', "{", ""]));
  const fields = [
    "Host: x",
    `Content-Type: ${random.pick(types)}`,
    "Assent-Protocol-Version: 1.0",
    `Connect-Timeout-Ms: ${random.pick(["1", "50", "5000", "0", "x"])}`,
    `Content-Length: ${body.length}`,
  ];
  for (let left = random.below(3); left > 0; left -= 1) {
    fields.splice(random.below(6), 0, random.pick(oddFields));
  }
  if (random.oneIn(10)) fields.splice(random.below(fields.length), 1);
  if (random.oneIn(60)) {
    for (let index = 0; index < 3000; index += 1) fields.push("a:");
  }
  const end = random.oneIn(20) ? "\n" : "\r\n";
  const chunked = random.oneIn(5);
  if (chunked) fields[4] = "Transfer-Encoding: chunked";
  const head = [random.pick(lines), ...fields, "", ""].join(end);
  return Buffer.concat([
    Buffer.from(head, "latin1"),
    chunked ? Buffer.from(random.pick(chunks)) : body,
  ]);
}

/** One to three requests in a row, changed in the grammar or in the bytes. */
export function makeRequests(random: Random): Buffer {
  const count = random.oneIn(3) ? random.between(1, 3) : 1;
  let bytes = Buffer.concat(
    Array.from({ length: count }, () => request(random)),
  );
  if (random.oneIn(3)) bytes = Buffer.from(mutate(random, bytes));
  if (random.oneIn(30)) bytes = Buffer.from(random.bytes(random.below(80)));
  return bytes;
}
