// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits, as text that can stand in a cookie, a header and an attribute. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether two texts are the same, in time that depends on neither. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
