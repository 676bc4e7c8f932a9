// SPDX-License-Identifier: Apache-2.0
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** Something planted that must not be seen where it does not belong. */
export interface Canary {
  /** What it is, for reports: its value never is. */
  readonly name: string;
  readonly value: string;
}

/** Where a canary was found. */
export interface Finding {
  readonly canary: string;
  /** How it was written: "as it is", "hex", … */
  readonly encoding: string;
}

/** Looks for canaries in bytes, in every way they could have been written. */
export interface CanaryScanner {
  /** Looks through bytes and, if they are compressed, what they hold. */
  scan(bytes: Uint8Array): readonly Finding[];
}

const leastLength = 12;

/** @throws when a canary is so short that it could be found by chance */
export function createCanaryScanner(
  canaries: readonly Canary[],
): CanaryScanner {
  const needles = canaries.flatMap(({ name, value }) => {
    if (value.length < leastLength) throw new Error(`${name} is too short`);
    return writings(value).map(([encoding, bytes]) => ({
      canary: name,
      encoding,
      bytes,
    }));
  });
  const find = (bytes: Buffer, how: string): Finding[] =>
    needles
      .filter(({ bytes: needle }) => bytes.includes(needle))
      .map(({ canary, encoding }) => ({
        canary,
        encoding: how === "" ? encoding : `${how}, ${encoding}`,
      }));
  return {
    scan(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const found = find(buffer, "");
      // One after the other: each may be much.
      for (const [how, inner] of unpacked(buffer)) {
        found.push(...find(inner, how));
      }
      return found;
    },
  };
}

/** Every way of writing a text that is looked for. */
function writings(value: string): readonly [string, Buffer][] {
  const plain = Buffer.from(value);
  const found: [string, Buffer][] = [
    ["as it is", plain],
    ["hex", Buffer.from(plain.toString("hex"))],
    ["HEX", Buffer.from(plain.toString("hex").toUpperCase())],
    ["UTF-16LE", Buffer.from(value, "utf16le")],
    ["UTF-16BE", Buffer.from(value, "utf16le").swap16()],
    ["reversed", Buffer.from([...value].reverse().join(""))],
  ];
  const quoted = JSON.stringify(value).slice(1, -1);
  if (quoted !== value) found.push(["JSON", Buffer.from(quoted)]);
  const url = encodeURIComponent(value);
  if (url !== value) found.push(["URL", Buffer.from(url)]);
  // Whatever stands before it shifts base64 by nought, one or two bytes. The
  // groups at the ends depend on the neighbours and are left out.
  for (const shift of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(shift), plain]).toString("base64");
    const whole = Math.floor((shift + plain.length) / 3) * 4;
    const inner = text.slice(shift === 0 ? 0 : 4, whole);
    found.push([`base64, alignment ${shift}`, Buffer.from(inner)]);
    const forUrl = inner.replaceAll("+", "-").replaceAll("/", "_");
    if (forUrl !== inner) {
      found.push([`base64url, alignment ${shift}`, Buffer.from(forUrl)]);
    }
  }
  return found;
}

const mostUnpacked = 8 * 1024 * 1024;
const gzipStart = Buffer.from([0x1f, 0x8b, 0x08]);

/** What compressed bytes hold: gzip wherever it starts, the others from the start. */
function* unpacked(bytes: Buffer): Generator<readonly [string, Buffer]> {
  const options = { maxOutputLength: mostUnpacked };
  for (
    let at = bytes.indexOf(gzipStart);
    at !== -1;
    at = bytes.indexOf(gzipStart, at + 1)
  ) {
    const inner = tried(() => gunzipSync(bytes.subarray(at), options));
    if (inner !== undefined) yield ["gzip", inner];
  }
  if (beginsDeflate(bytes)) {
    const inner = tried(() => inflateSync(bytes, options));
    if (inner !== undefined) yield ["deflate", inner];
  }
  const inner = tried(() => brotliDecompressSync(bytes, options));
  if (inner !== undefined) yield ["br", inner];
}

/** As RFC 1950 has it: anything else does not inflate. */
function beginsDeflate(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Undefined: it is not compressed this way. */
function tried(unpack: () => Buffer): Buffer | undefined {
  try {
    return unpack();
  } catch {
    return undefined;
  }
}
