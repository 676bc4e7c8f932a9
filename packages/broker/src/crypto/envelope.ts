// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv } from "node:crypto";
import { type Random, randomBytes } from "./random.ts";
import { Secret } from "./secret.ts";

/*
 * An envelope is
 *
 *     version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
 *
 * sealed with AES-256-GCM. The nonce is random: one key may seal 2^32
 * envelopes. GCM alone does not commit to its key; where an attacker could
 * choose the key, the caller compares a commitment first.
 */

const version = 1;
const nonceLength = 12;
const tagLength = 16;
const overhead = 1 + nonceLength + tagLength;

/** The envelope was not sealed with this key for this place, or was changed. */
export class OpenError extends Error {
  override readonly name = "OpenError";
}

/**
 * Seal `plaintext` under `key`, 32 bytes. `place` says what it is and where it
 * stands (see `frame`); the envelope opens in that place only.
 */
export function seal(
  key: Uint8Array,
  place: Uint8Array,
  plaintext: Uint8Array,
  random: Random,
): Uint8Array {
  const nonce = randomBytes(random, nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(place);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([
    Uint8Array.of(version),
    nonce,
    ciphertext,
    cipher.getAuthTag(),
  ]);
}

/**
 * Open what `seal` made.
 *
 * @throws OpenError; then nothing of the plaintext is left behind.
 */
export function open(
  key: Uint8Array,
  place: Uint8Array,
  envelope: Uint8Array,
): Secret {
  if (envelope.length < overhead || envelope[0] !== version) {
    throw new OpenError("not an envelope of a known version");
  }
  const nonce = envelope.subarray(1, 1 + nonceLength);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, {
    authTagLength: tagLength,
  });
  decipher.setAAD(place);
  decipher.setAuthTag(envelope.subarray(-tagLength));
  const plaintext = decipher.update(
    envelope.subarray(1 + nonceLength, -tagLength),
  );
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new OpenError("the envelope does not open with this key here");
  }
  return new Secret(plaintext);
}
