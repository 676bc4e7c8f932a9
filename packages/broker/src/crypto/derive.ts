// SPDX-License-Identifier: Apache-2.0
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { Secret } from "./secret.ts";

const nothing = new Uint8Array();

/**
 * HKDF-SHA256. `info` names what the 32 bytes are for: keys of different use
 * never coincide.
 */
export function deriveKey(
  key: Uint8Array,
  info: string,
  salt: Uint8Array = nothing,
): Secret {
  return new Secret(new Uint8Array(hkdfSync("sha256", key, salt, info, 32)));
}

/** HMAC-SHA256, 32 bytes. */
export function authenticate(
  key: Uint8Array,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether both hold the same bytes; takes as long wherever they differ. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
