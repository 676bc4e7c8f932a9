// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { allocateBytes } from "../crypto/secret.ts";
import { readSeed } from "./otpauth.ts";

/**
 * The one-time password (RFC 6238) that a field's value gives at a time of
 * day, as ASCII digits; the caller's to zero. Undefined: the value is no seed
 * that this broker can compute, or the time is before 1970.
 */
export function oneTimePassword(
  value: Uint8Array,
  nowMs: number,
): Uint8Array | undefined {
  if (!(nowMs >= 0)) return undefined;
  using seed = readSeed(value);
  if (seed === undefined) return undefined;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 1000 / seed.period)));
  const mac = createHmac(seed.algorithm, seed.key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  let code = mac.readUInt32BE(offset) & 0x7fffffff;
  mac.fill(0);
  const digits = allocateBytes(seed.digits);
  for (let at = seed.digits - 1; at >= 0; at -= 1) {
    digits[at] = 0x30 + (code % 10);
    code = Math.floor(code / 10);
  }
  return digits;
}
