// SPDX-License-Identifier: Apache-2.0
import { argon2, createCipheriv, createHash } from "node:crypto";
import { promisify } from "node:util";
import { ImportError } from "../draft.ts";

/** How a file turns its password into a key. */
export type Derivation =
  | {
      readonly kind: "argon2d" | "argon2id";
      readonly salt: Uint8Array;
      /** KiB. */
      readonly memory: number;
      readonly passes: number;
      readonly parallelism: number;
    }
  | {
      readonly kind: "aes";
      readonly seed: Uint8Array;
      readonly rounds: number;
    };

const mostMemory = 1024 * 1024;
/** KiB times passes: some seconds. */
const mostWork = 16 * 1024 * 1024;
const mostRounds = 100_000_000;

/**
 * The key of a password. What a file asks for is capped before anything is
 * computed: it could ask for terabytes (T52).
 *
 * @throws ImportError
 */
export async function deriveKey(
  password: Uint8Array,
  derivation: Derivation,
): Promise<Buffer> {
  const composite = sha256(sha256(password));
  if (derivation.kind === "aes") {
    if (derivation.rounds > mostRounds) throw tooCostly();
    return aesRounds(composite, derivation.seed, derivation.rounds);
  }
  const { kind, salt, memory, passes, parallelism } = derivation;
  if (
    memory > mostMemory ||
    memory * passes > mostWork ||
    parallelism < 1 ||
    parallelism > 64 ||
    passes < 1 ||
    memory < 8 * parallelism ||
    salt.length < 8
  ) {
    throw tooCostly();
  }
  return promisify(argon2)(kind, {
    message: composite,
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: 32,
  });
}

// A block that is encrypted over and over is what CBC makes of zeros, with the
// block as its start.
function aesRounds(key: Buffer, seed: Uint8Array, rounds: number): Buffer {
  const zeros = Buffer.alloc(1024 * 1024);
  const halves = [key.subarray(0, 16), key.subarray(16)].map((half) => {
    const cipher = createCipheriv("aes-256-cbc", seed, half);
    let last: Buffer = half;
    for (let left = rounds * 16; left > 0; left -= zeros.length) {
      const out = cipher.update(
        zeros.subarray(0, Math.min(left, zeros.length)),
      );
      last = out.subarray(-16);
    }
    return last;
  });
  return sha256(...halves);
}

/** SHA-256 of parts. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function tooCostly(): ImportError {
  return new ImportError(
    "it asks for more memory or time to derive its key than is sensible",
  );
}
