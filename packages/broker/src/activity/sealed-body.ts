// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv } from "node:crypto";
import { deriveKey, isEqual } from "../crypto/derive.ts";
import { frame } from "../crypto/frame.ts";
import { agree, createKeyPair, publicKeyOf } from "../crypto/key-pair.ts";
import type { Random } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import { ActivityError } from "./activity.ts";
import type { BodyFormat, BodyReader, BodyWriter } from "./entry-body.ts";
import { Ratchet } from "./ratchet.ts";

/*
 * Bodies sealed to an account's log key. The public half writes, so a locked
 * account's log can be written to; the private half reads.
 *
 * A segment's header is the public half of a key pair made for it. The secret
 * it shares with the log key starts a ratchet that gives each entry a key of
 * its own. A body is
 *
 *     AES-256-GCM(key, nonce 0, text and blanks; additional data: the place) ‖ tag
 *
 * The nonce may be zero as no key seals twice. Blanks round the length up:
 * what an entry is about does not show by it. GCM commits to no key, but the
 * reader tries one key alone, and the chain fixes the body.
 */

const info = "assent/activity/segment/v1";
const nonce = Buffer.alloc(12);
const tagLength = 16;
const roundTo = 128;

/** What bodies are sealed with. */
export interface SealedBodiesOptions {
  readonly accountId: string;
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly random: Random;
}

/** Bodies that only the holder of the private log key can read. */
export function sealedBodies(options: SealedBodiesOptions): BodyFormat {
  const { accountId, random } = options;
  const publicKey = Uint8Array.from(options.publicKey);
  const start = (shared: Secret, segment: number, header: Uint8Array) => {
    const salt = frame(accountId, segment, header, publicKey);
    return new Ratchet(deriveKey(shared.bytes, info, salt));
  };
  return {
    write(segment): BodyWriter {
      const ephemeral = createKeyPair(random);
      using privateKey = ephemeral.privateKey;
      using shared = agreeOrRefuse(privateKey.bytes, publicKey);
      const header = ephemeral.publicKey;
      const ratchet = start(shared, segment, header);
      return {
        header,
        write(place, text) {
          using key = ratchet.next();
          return seal(key, place, text);
        },
        [Symbol.dispose]: () => ratchet[Symbol.dispose](),
      };
    },
    reader(privateKey) {
      refuseOtherKey(privateKey, publicKey);
      return (segment, header, entries) => {
        // Zeroed meanwhile, it must not look as if the log had been changed.
        refuseOtherKey(privateKey, publicKey);
        using shared = agree(privateKey, header);
        using ratchet = start(shared, segment, header);
        return readerOf(Array.from({ length: entries }, () => ratchet.next()));
      };
    },
  };
}

function readerOf(keys: readonly Secret[]): BodyReader {
  return {
    read(index, place, body) {
      const key = keys[index];
      if (key === undefined) throw new RangeError("no entry of this segment");
      return open(key, place, body);
    },
    [Symbol.dispose]() {
      for (const key of keys) key[Symbol.dispose]();
    },
  };
}

function seal(key: Secret, place: Uint8Array, text: string): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce);
  cipher.setAAD(place);
  const length = Buffer.byteLength(text);
  const padded = Buffer.alloc(Math.ceil(length / roundTo) * roundTo, " ");
  padded.write(text);
  const sealed = cipher.update(padded);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

function open(key: Secret, place: Uint8Array, body: Uint8Array): string {
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce, {
    authTagLength: tagLength,
  });
  decipher.setAAD(place);
  decipher.setAuthTag(body.subarray(-tagLength));
  const text = decipher.update(body.subarray(0, -tagLength));
  decipher.final();
  return text.toString();
}

function agreeOrRefuse(privateKey: Uint8Array, publicKey: Uint8Array): Secret {
  try {
    return agree(privateKey, publicKey);
  } catch {
    throw new ActivityError("wrong-key", "the log key cannot be used");
  }
}

function refuseOtherKey(privateKey: Uint8Array, publicKey: Uint8Array): void {
  const isPair =
    privateKey.length === 32 && isEqual(publicKeyOf(privateKey), publicKey);
  if (!isPair) {
    throw new ActivityError(
      "wrong-key",
      "the activity log was sealed to another key",
    );
  }
}
