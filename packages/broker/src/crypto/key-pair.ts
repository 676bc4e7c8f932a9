// SPDX-License-Identifier: Apache-2.0
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import { type Random, randomKey } from "./random.ts";
import { allocateBytes, Secret } from "./secret.ts";

/** An X25519 key pair; both halves are 32 raw bytes (RFC 7748). */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Secret;
}

// What stands before the raw key in PKCS #8 and in SubjectPublicKeyInfo.
const privatePrefix = Buffer.from("302e020100300506032b656e04220420", "hex");
const publicPrefix = Buffer.from("302a300506032b656e032100", "hex");

/** A new key pair. */
export function createKeyPair(random: Random): KeyPair {
  const privateKey = randomKey(random);
  return { privateKey, publicKey: publicKeyOf(privateKey.bytes) };
}

/** The public half of a private key. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateObject(privateKey)).export({
    format: "der",
    type: "spki",
  });
  return new Uint8Array(spki.subarray(-32));
}

/**
 * The secret that both pairs share.
 *
 * @throws Error when the public key is not of 32 bytes or of small order.
 */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Secret {
  return new Secret(
    diffieHellman({
      privateKey: privateObject(privateKey),
      publicKey: createPublicKey({
        key: Buffer.concat([publicPrefix, publicKey]),
        format: "der",
        type: "spki",
      }),
    }),
  );
}

function privateObject(privateKey: Uint8Array): KeyObject {
  using der = new Secret(
    allocateBytes(privatePrefix.length + privateKey.length),
  );
  der.bytes.set(privatePrefix);
  der.bytes.set(privateKey, privatePrefix.length);
  return createPrivateKey({
    key: der.bytes as Buffer,
    format: "der",
    type: "pkcs8",
  });
}
