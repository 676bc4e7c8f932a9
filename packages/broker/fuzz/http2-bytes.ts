// SPDX-License-Identifier: Apache-2.0

import { mutate } from "./mutation.ts";
import type { Random } from "./random.ts";

/** What every HTTP/2 connection begins with, and settings of no content. */
export const opening: Buffer = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  frame(4, 0, 0, Buffer.alloc(0)),
]);

/** One frame; the length may be said wrongly. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  length: number = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length & 0xffffff, 0, 3);
  head.writeUInt8(type & 0xff, 3);
  head.writeUInt8(flags & 0xff, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** Header fields, each as a literal that is not kept and not packed. */
export function headerBlock(
  fields: readonly (readonly [string, string])[],
): Buffer {
  return Buffer.concat(
    fields.map(([name, value]) =>
      Buffer.concat([Buffer.from([0]), literal(name), literal(value)]),
    ),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const head: number[] = [];
  if (bytes.length < 127) head.push(bytes.length);
  else {
    head.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      head.push((rest & 0x7f) | 0x80);
    }
    head.push(rest);
  }
  return Buffer.concat([Buffer.from(head), bytes]);
}

const paths = [
  "/assent.v1.BrokerService/Authorize",
  "/assent.v1.BrokerService/Request",
  "/assent.v1.BrokerService/Revoke",
  "/assent.owner.v1.AccountService/ListAccounts",
  "/assent.owner.v1.SettingsService/GetSettings",
  "/",
  "*",
  "",
  "/%2e%2e/",
  "http://x/assent.v1.BrokerService/Revoke",
];
const sizes = [0, 1, 4, 5, 8, 16_384, 16_385, 0x7fffff, 0xffffff];

function fieldsOf(random: Random): [string, string][] {
  const fields: [string, string][] = [
    [
      ":method",
      random.oneIn(12) ? random.pick(["GET", "CONNECT", "P\0"]) : "POST",
    ],
    [":path", random.pick(paths)],
    [":scheme", random.oneIn(20) ? random.pick(["", "https", "x"]) : "http"],
    [":authority", random.oneIn(20) ? random.pick(["", "evil.test"]) : "x"],
    ["content-type", random.pick(["application/json", "application/grpc", ""])],
    ["assent-protocol-version", random.oneIn(10) ? "9.9" : "1.0"],
    ["connect-timeout-ms", random.pick(["1", "50", "5000", "0", "x"])],
  ];
  if (random.oneIn(8)) fields.push(random.pick(oddFields));
  if (random.oneIn(15)) fields.splice(random.below(4), 1);
  if (random.oneIn(15)) fields.reverse();
  if (random.oneIn(40)) {
    const count = random.between(100, 400);
    for (let index = 0; index < count; index += 1) {
      fields.push([`x-${index}`, "y".repeat(random.below(60))]);
    }
  }
  return fields;
}

const oddFields: readonly [string, string][] = [
  ["Upper", "x"],
  ["connection", "close"],
  ["transfer-encoding", "chunked"],
  ["content-length", "5"],
  ["content-length", "-1"],
  ["content-length", "99999999999999999999"],
  [":status", "200"],
  [":protocol", "websocket"],
  ["te", "gzip"],
  ["", "x"],
  ["x", "a\r\nb: c"],
  ["x", "\u0000"],
  ["x", "y".repeat(20_000)],
  ["expect", "100-continue"],
  ["expect", "what"],
  ["cookie", "a=b"],
  ["host", "other"],
];

/** A request of one stream, as frames. */
function request(random: Random, stream: number): Buffer[] {
  const block = headerBlock(fieldsOf(random));
  const body = Buffer.from(
    random.pick(["{}", '{"account":"Personal"}', "\0\0\0\0\0", "", "{"]),
  );
  const cut = random.oneIn(4) ? random.below(block.length) : block.length;
  const frames = [
    frame(1, cut < block.length ? 0 : 4, stream, block.subarray(0, cut)),
  ];
  if (cut < block.length) frames.push(frame(9, 4, stream, block.subarray(cut)));
  if (random.oneIn(6)) frames.push(frame(0, 0, stream, body));
  frames.push(frame(0, 1, stream, body));
  if (random.oneIn(8)) {
    frames.push(frame(1, 5, stream, headerBlock([["x-trailer", "y"]])));
  }
  return frames;
}

function control(random: Random, stream: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(random.pick([0, 1, 8, 0x7fffffff, 0xffffffff]));
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(random.below(10), 0);
  setting.writeUInt32BE(
    random.pick([0, 1, 100, 16_384, 65_535, 0x7fffffff, 0xffffffff]),
    2,
  );
  switch (random.below(9)) {
    case 0:
      return frame(4, 0, 0, setting);
    case 1:
      return frame(4, 1, 0, Buffer.alloc(0));
    case 2:
      return frame(6, random.below(2), 0, random.bytes(8));
    case 3:
      return frame(8, 0, random.oneIn(2) ? 0 : stream, word);
    case 4:
      return frame(3, 0, stream, word);
    case 5:
      return frame(2, 0, stream, Buffer.concat([word, Buffer.from([16])]));
    case 6:
      return frame(7, 0, 0, Buffer.concat([word, word]));
    case 7:
      return frame(5, 4, stream, word);
    default:
      return frame(random.below(256), random.below(256), stream, word);
  }
}

/**
 * What a hostile client sends on an open connection: a request and frames
 * around it, changed in the grammar (order, streams, lengths, flags) or in the
 * bytes. With `whole` false, a frame is not complete.
 */
export function makeFrames(
  random: Random,
  stream: number,
): { readonly bytes: Buffer; readonly whole: boolean } {
  const frames = request(random, stream);
  for (let left = random.below(3); left > 0; left -= 1) {
    frames.splice(random.below(frames.length + 1), 0, control(random, stream));
  }
  if (random.oneIn(6)) frames.splice(random.below(frames.length), 1);
  if (random.oneIn(10)) {
    const at = random.below(frames.length);
    frames.push(frames[at] ?? opening);
  }
  if (random.oneIn(15)) {
    const payload = random.bytes(random.below(20));
    const length = random.oneIn(2) ? random.pick(sizes) : payload.length;
    const type = random.below(12);
    frames.splice(
      random.below(frames.length + 1),
      0,
      frame(type, random.below(256), stream, payload, length),
    );
  }
  let bytes: Buffer = Buffer.concat(frames);
  if (random.oneIn(6)) bytes = Buffer.from(mutate(random, bytes));
  if (random.oneIn(40)) bytes = Buffer.from(random.bytes(random.below(80)));
  return { bytes, whole: isWhole(bytes) };
}

function isWhole(bytes: Buffer): boolean {
  let at = 0;
  while (at + 9 <= bytes.length) at += 9 + bytes.readUIntBE(at, 3);
  return at === bytes.length;
}
