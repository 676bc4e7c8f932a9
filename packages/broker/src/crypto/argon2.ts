// SPDX-License-Identifier: Apache-2.0
import { argon2 } from "node:crypto";
import { Secret } from "./secret.ts";

/** What one derivation costs. */
export interface Argon2Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** A password to a key of 32 bytes. The password stays the caller's. */
export type DerivePassword = (
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
) => Promise<Secret>;

/** The least that a new slot may cost: the second choice of RFC 9106. */
export const leastArgon2Cost: Argon2Cost = {
  memory: 64 * 1024,
  passes: 3,
  parallelism: 4,
};

const mostMemory = 1024 * 1024;
const mostWork = 4 * mostMemory;
const mostParallelism = 64;

/** Whether a new slot may be made at this cost. */
export function isStrongEnough(cost: Argon2Cost): boolean {
  return (
    cost.memory >= leastArgon2Cost.memory &&
    cost.passes >= leastArgon2Cost.passes &&
    cost.parallelism >= leastArgon2Cost.parallelism
  );
}

/**
 * Whether a cost that was read from a file can be paid: a file must not make
 * the broker run out of memory or time (T52). At most 1 GiB, and at most 4 GiB
 * of memory passed over.
 */
export function isBearable(cost: Argon2Cost): boolean {
  const { memory, passes, parallelism } = cost;
  return (
    [memory, passes, parallelism].every(
      (value) => Number.isSafeInteger(value) && value >= 1,
    ) &&
    parallelism <= mostParallelism &&
    memory >= 8 * parallelism &&
    memory <= mostMemory &&
    memory * passes <= mostWork
  );
}

/**
 * Argon2id of Node (RFC 9106, version 1.3), off the main thread.
 *
 * @throws RangeError when the cost is not bearable.
 */
export const deriveArgon2id: DerivePassword = (password, salt, cost) => {
  if (!isBearable(cost)) {
    throw new RangeError("the key derivation would cost too much");
  }
  const parameters = {
    message: password,
    nonce: salt,
    memory: cost.memory,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength: 32,
  };
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, key) => {
      if (error) reject(error);
      else resolve(new Secret(key));
    });
  });
};
