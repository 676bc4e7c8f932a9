// SPDX-License-Identifier: Apache-2.0
// HTTP/2 by hand (RFC 9113), for bytes that no library would send.

/** Types of frames. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames. */
export const frameFlags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
} as const;

/** What every connection begins with. */
export const preface: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const headerLength = 9;

/** A frame; nothing is checked, that is the point. */
export function frameOf(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
  declaredLength: number = payload.length,
): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUIntBE(declaredLength, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([header, payload]);
}

/** Header fields, each a literal that enters no table (RFC 7541, 6.2.2). */
export function headerBlock(
  fields: readonly (readonly [string, string])[],
): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [
      Buffer.from([0]),
      literal(name),
      literal(value),
    ]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** A header block in as many frames as it needs. */
export function headerFrames(
  stream: number,
  block: Uint8Array,
  flags = 0,
): Buffer {
  const most = 16_384;
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += most) {
    const type = at === 0 ? frameTypes.headers : frameTypes.continuation;
    const isLast = at + most >= block.length;
    const own = (at === 0 ? flags : 0) | (isLast ? frameFlags.endHeaders : 0);
    frames.push(frameOf(type, own, stream, block.subarray(at, at + most)));
  }
  return Buffer.concat(frames);
}

/** An integer with a prefix of so many bits (RFC 7541, 5.1). */
export function integer(value: number, prefixBits: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Header fields of a call. */
export function callFields(
  path: string,
  headers: Readonly<Record<string, string>>,
  method = "POST",
): readonly (readonly [string, string])[] {
  return [
    [":method", method],
    [":scheme", "http"],
    [":authority", "localhost"],
    [":path", path],
    ...Object.entries(headers),
  ];
}

/** A frame that came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The whole frames at the start of what was received, and how many bytes they take. */
export function readFrames(bytes: Buffer): {
  readonly frames: readonly Frame[];
  readonly length: number;
} {
  const frames: Frame[] = [];
  let at = 0;
  while (at + headerLength <= bytes.length) {
    const length = bytes.readUIntBE(at, 3);
    if (at + headerLength + length > bytes.length) break;
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
      payload: bytes.subarray(at + headerLength, at + headerLength + length),
    });
    at += headerLength + length;
  }
  return { frames, length: at };
}

const staticStatus = [200, 204, 206, 304, 400, 404, 500];

/**
 * The status of a response's header block, which comes first in it: indexed, or
 * a literal whose name is indexed. 0: it cannot be told.
 */
export function statusOf({ payload }: Frame): number {
  let at = 0;
  // A change of the table's size may stand before it.
  while (((payload[at] ?? 0) & 0xe0) === 0x20) at += 1;
  const first = payload[at] ?? 0;
  if (first >= 0x88 && first <= 0x8e) return staticStatus[first - 0x88] ?? 0;
  const name = first & 0x40 ? first & 0x3f : first & 0x0f;
  if (name < 8 || name > 14) return 0;
  const length = payload[at + 1] ?? 0;
  const value = payload.subarray(at + 2, at + 2 + (length & 0x7f));
  return (
    Number(length & 0x80 ? digitsOf(value) : value.toString("latin1")) || 0
  );
}

/** Huffman code of RFC 7541, appendix B, for digits alone: 0 to 2 have five bits, 3 to 9 six. */
function digitsOf(bytes: Buffer): string {
  let bits = [...bytes]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  let digits = "";
  while (bits.length >= 5) {
    const short = Number.parseInt(bits.slice(0, 5), 2);
    if (short <= 2) {
      digits += short;
      bits = bits.slice(5);
      continue;
    }
    const long = Number.parseInt(bits.slice(0, 6), 2) - 0x19;
    if (bits.length < 6 || long < 0 || long > 6) break;
    digits += long + 3;
    bits = bits.slice(6);
  }
  return digits;
}
