// SPDX-License-Identifier: Apache-2.0
import { allocateBytes, Secret } from "../crypto/secret.ts";
import { decodeBase32 } from "./base32.ts";

/** What a one-time password is made of. Its key is zeroed on disposal. */
export interface OneTimePasswordSeed extends Disposable {
  readonly key: Uint8Array;
  readonly algorithm: "sha1" | "sha256" | "sha512";
  /** Digits of a code: 6 to 10. */
  readonly digits: number;
  /** Seconds that a code is good for: 1 to 300. */
  readonly period: number;
}

/**
 * Read the value of a one-time password field: an `otpauth://totp/` URI, or
 * the seed alone in base32 (then SHA-1, 6 digits, 30 seconds). What would give
 * a wrong code is refused rather than ignored: another kind of code, an
 * encoder (Steam), a value out of range, a parameter given twice.
 */
export function readSeed(value: Uint8Array): OneTimePasswordSeed | undefined {
  const start = trimmed(value);
  if (!beginsWith(start, "otpauth://")) return seedOf(start, new Map());
  if (!beginsWith(start, "otpauth://totp/")) return undefined;
  const query = start.indexOf(questionMark);
  if (query < 0) return undefined;
  let secret: Uint8Array | undefined;
  const parameters = new Map<string, string>();
  for (const part of split(start.subarray(query + 1), ampersand)) {
    const sign = part.indexOf(equals);
    const name = ascii(sign < 0 ? part : part.subarray(0, sign)).toLowerCase();
    const text =
      sign < 0 ? part.subarray(part.length) : part.subarray(sign + 1);
    // A name in disguise could be one that must be judged.
    if (name.includes("%")) return undefined;
    if (name === "secret") {
      if (secret !== undefined) return undefined;
      secret = text;
    } else if (judged.has(name)) {
      if (parameters.has(name)) return undefined;
      parameters.set(name, ascii(text));
    }
  }
  if (secret === undefined) return undefined;
  using plain = percentDecoded(secret);
  return plain === undefined ? undefined : seedOf(plain.bytes, parameters);
}

const judged: ReadonlySet<string> = new Set([
  "algorithm",
  "digits",
  "period",
  "encoder",
]);

function seedOf(
  base32: Uint8Array,
  parameters: ReadonlyMap<string, string>,
): OneTimePasswordSeed | undefined {
  const algorithm = (parameters.get("algorithm") ?? "SHA1").toLowerCase();
  const digits = wholeNumber(parameters.get("digits") ?? "6");
  const period = wholeNumber(parameters.get("period") ?? "30");
  if (parameters.has("encoder")) return undefined;
  if (!isAlgorithm(algorithm)) return undefined;
  if (digits === undefined || digits < 6 || digits > 10) return undefined;
  if (period === undefined || period < 1 || period > 300) return undefined;
  const key = decodeBase32(base32);
  if (key === undefined || key.length === 0) return undefined;
  return {
    key,
    algorithm,
    digits,
    period,
    [Symbol.dispose]: () => {
      key.fill(0);
    },
  };
}

function isAlgorithm(text: string): text is OneTimePasswordSeed["algorithm"] {
  return text === "sha1" || text === "sha256" || text === "sha512";
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

const [percent, ampersand, equals, questionMark] = [0x25, 0x26, 0x3d, 0x3f];

/** Percent-decoded, in bytes of its own. Undefined: not well-formed. */
function percentDecoded(text: Uint8Array): Secret | undefined {
  const bytes = allocateBytes(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let code = text[at] ?? 0;
    if (code === percent) {
      const [high, low] = [hexDigit(text[at + 1]), hexDigit(text[at + 2])];
      if (high === undefined || low === undefined) {
        bytes.fill(0);
        return undefined;
      }
      code = high * 16 + low;
      at += 2;
    }
    bytes[length] = code;
    length += 1;
  }
  return new Secret(bytes.subarray(0, length));
}

function hexDigit(code: number | undefined): number | undefined {
  if (code === undefined) return undefined;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length];
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

function isBlank(code: number | undefined): boolean {
  return code !== undefined && code <= 0x20;
}

/** Whether it begins with the text, in either case. Makes no string of what may be a seed. */
function beginsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = bytes[at] ?? 0;
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== text.charCodeAt(at)) return false;
  }
  return true;
}

function* split(bytes: Uint8Array, separator: number): Iterable<Uint8Array> {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(separator, start);
    if (end < 0) break;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
  yield bytes.subarray(start);
}

/** Longer than anything that is judged by it. */
const longestWord = 64;

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, longestWord));
}
