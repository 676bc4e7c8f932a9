// SPDX-License-Identifier: Apache-2.0
import { METHODS } from "node:http";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tellProtocol } from "./first-bytes.ts";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const tell = (text: string) => tellProtocol(Buffer.from(text, "latin1"));

test("tells HTTP/2 by its whole preface, and by no less", () => {
  for (let length = 0; length < preface.length; length += 1) {
    expect(tell(preface.slice(0, length))).toBeUndefined();
  }
  expect(tell(preface)).toBe("http/2");
  expect(tell(`${preface}\0`)).toBe("http/2");
});

test("tells HTTP/1.1 by its method", () => {
  for (const method of METHODS) {
    expect(tell(`${method} `)).toBe("http/1.1");
    expect(tell(`${method} / HTTP/1.1\r\n`)).toBe("http/1.1");
  }
  for (const start of ["P", "PO", "POST", "M", "M-SEARC"]) {
    expect(tell(start)).toBeUndefined();
  }
});

test("tells everything else apart as soon as it can (WIR-012)", () => {
  for (const text of [
    "\x16\x03\x01",
    "\0",
    "post ",
    "POSTS",
    "PRI * HTTP/3",
    "PRI /",
    " ",
    "\r\n",
    "SSH-2.0",
  ]) {
    expect(tell(text)).toBe("neither");
  }
});

test("knows after 24 bytes, whatever they are, and does not change its mind (WIR-012)", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 40 }), (bytes) => {
      const told = tellProtocol(bytes);
      expect(told).toBeDefined();
      for (let length = 0; length < bytes.length; length += 1) {
        const early = tellProtocol(bytes.subarray(0, length));
        expect(early === undefined || early === told).toBe(true);
      }
    }),
  );
});
