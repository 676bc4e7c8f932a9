// SPDX-License-Identifier: Apache-2.0
// Answers past the HTTP server: bytes that no library would send.
import { NotApplicable } from "../case/verdict.ts";
import {
  frameFlags,
  frameOf,
  frameTypes,
  headerBlock,
} from "../wire/frames.ts";
import type { ReceivedCall } from "./received-call.ts";
import type { HeaderField } from "./script.ts";

// The size every end takes without being asked.
const frameBytes = 16_384;

/** The beginning of an answer, with fields as given. */
export function sendHead(
  { connection, stream, codec }: ReceivedCall,
  status: number,
  given: readonly HeaderField[],
): void {
  const fields = given.map(
    ([name, value]) =>
      [name, value.replace("application/*", `application/${codec}`)] as const,
  );
  if (connection.http === 2) {
    const block = headerBlock([[":status", String(status)], ...fields]);
    connection.write(
      frameOf(frameTypes.headers, frameFlags.endHeaders, stream, block),
    );
    return;
  }
  const isMeasured = fields.some(([name]) => name === "content-length");
  const lines = [
    `HTTP/1.1 ${status} Scripted`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...(isMeasured ? [] : ["transfer-encoding: chunked"]),
    // The HTTP server does not know of this answer.
    "connection: close",
  ];
  connection.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`));
}

/** More of an answer whose head was sent so; `last`: that was all. */
export function sendData(
  { connection, stream }: ReceivedCall,
  bytes: Uint8Array,
  last: boolean,
): void {
  if (connection.http === 1) {
    const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
    const chunk = [size, bytes, Buffer.from("\r\n")];
    if (bytes.length > 0) connection.write(Buffer.concat(chunk));
    if (!last) return;
    connection.write(Buffer.from("0\r\n\r\n"));
    connection.end();
    return;
  }
  for (let at = 0; at === 0 || at < bytes.length; at += frameBytes) {
    const part = bytes.subarray(at, at + frameBytes);
    const isLast = last && at + frameBytes >= bytes.length;
    const flags = isLast ? frameFlags.endStream : 0;
    connection.write(frameOf(frameTypes.data, flags, stream, part));
  }
}

/** Reset the call. HTTP/1.1 has no reset: the connection breaks; and it cannot refuse a call unread. */
export function sendReset(
  { connection, stream }: ReceivedCall,
  code: number,
): void {
  if (connection.http === 1) {
    if (code === refusedStream) throw noHttp2("refuse a call unread");
    connection.destroy();
    return;
  }
  connection.write(frameOf(frameTypes.resetStream, 0, stream, uint32(code)));
}

/** The code of a stream that was refused before anything was done. */
export const refusedStream = 7;

/** No call after `last` was begun. */
export function sendGoaway(
  { connection }: ReceivedCall,
  last: number,
  code: number,
): void {
  if (connection.http === 1) throw noHttp2("say which calls were begun");
  const payload = Buffer.concat([uint32(last), uint32(code)]);
  connection.write(frameOf(frameTypes.goaway, 0, 0, payload));
}

function noHttp2(what: string): NotApplicable {
  return new NotApplicable(
    `the SDK speaks HTTP/1.1, with which a broker cannot ${what}`,
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
