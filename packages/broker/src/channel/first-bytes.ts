// SPDX-License-Identifier: Apache-2.0
import { METHODS } from "node:http";
import type { Socket } from "node:net";

/** What a connection speaks, by its first bytes. */
export type SpokenProtocol = "http/1.1" | "http/2" | "neither";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const methods: ReadonlySet<string> = new Set(METHODS);
const longestMethod = Math.max(...METHODS.map((method) => method.length));

/** Tells the protocol; undefined: more bytes are needed, of which 24 are always enough. */
export function tellProtocol(head: Uint8Array): SpokenProtocol | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const length = Math.min(bytes.length, preface.length);
  if (bytes.subarray(0, length).equals(preface.subarray(0, length))) {
    return length === preface.length ? "http/2" : undefined;
  }
  const start = bytes.toString("latin1", 0, longestMethod + 1);
  const space = start.indexOf(" ");
  if (space >= 0) {
    return methods.has(start.slice(0, space)) ? "http/1.1" : "neither";
  }
  const couldBecome = METHODS.some((method) => method.startsWith(start));
  return couldBecome ? undefined : "neither";
}

/**
 * Reads until the protocol is told, and puts every byte back, once. A
 * connection that ends before is told as neither.
 */
export function sniff(
  socket: Socket,
  told: (protocol: SpokenProtocol) => void,
): void {
  const chunks: Buffer[] = [];
  const decide = (protocol: SpokenProtocol) => {
    socket.off("data", collect);
    socket.off("end", ended);
    socket.pause();
    if (protocol !== "neither") socket.unshift(Buffer.concat(chunks));
    told(protocol);
  };
  const collect = (chunk: Buffer) => {
    chunks.push(chunk);
    const protocol = tellProtocol(Buffer.concat(chunks));
    if (protocol !== undefined) decide(protocol);
  };
  const ended = () => decide("neither");
  socket.on("data", collect);
  socket.on("end", ended);
}
