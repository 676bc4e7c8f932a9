// SPDX-License-Identifier: Apache-2.0
import { deriveKey } from "./derive.ts";
import { OpenError, open, seal } from "./envelope.ts";
import { agree, createKeyPair, publicKeyOf } from "./key-pair.ts";
import type { Random } from "./random.ts";
import type { Secret } from "./secret.ts";

/*
 * A box is sealed to a public key: whoever seals it cannot open it again.
 *
 *     ephemeral public key (32) ‖ envelope
 *
 * The key of the envelope is HKDF over the X25519 secret, with both public
 * keys as salt, so a box opens for the one pair it was made for.
 */

const keyLength = 32;
const info = "assent/box/v1";

/**
 * Seal to a public key, 32 bytes X25519. `place` as for `seal`.
 *
 * @throws Error when the public key is not usable.
 */
export function sealTo(
  publicKey: Uint8Array,
  place: Uint8Array,
  plaintext: Uint8Array,
  random: Random,
): Uint8Array {
  const ephemeral = createKeyPair(random);
  using _ = ephemeral.privateKey;
  using shared = agree(ephemeral.privateKey.bytes, publicKey);
  const salt = Buffer.concat([ephemeral.publicKey, publicKey]);
  using key = deriveKey(shared.bytes, info, salt);
  return Buffer.concat([
    ephemeral.publicKey,
    seal(key.bytes, place, plaintext, random),
  ]);
}

/** Open what `sealTo` made. @throws OpenError */
export function openFrom(
  privateKey: Uint8Array,
  place: Uint8Array,
  box: Uint8Array,
): Secret {
  if (box.length < keyLength) throw new OpenError("not a box");
  const ephemeral = box.subarray(0, keyLength);
  using shared = agreeOrRefuse(privateKey, ephemeral);
  const salt = Buffer.concat([ephemeral, publicKeyOf(privateKey)]);
  using key = deriveKey(shared.bytes, info, salt);
  return open(key.bytes, place, box.subarray(keyLength));
}

function agreeOrRefuse(privateKey: Uint8Array, publicKey: Uint8Array): Secret {
  try {
    return agree(privateKey, publicKey);
  } catch {
    throw new OpenError("the box was not sealed to a usable key");
  }
}
