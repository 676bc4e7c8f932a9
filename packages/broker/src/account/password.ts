// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";
import {
  type Argon2Cost,
  type DerivePassword,
  deriveArgon2id,
  isBearable,
  isStrongEnough,
  leastArgon2Cost,
} from "../crypto/argon2.ts";
import type { Secret } from "../crypto/secret.ts";
import { createTurns, TooManyWaitingError } from "../crypto/turns.ts";
import { AccountError } from "./accounts.ts";

/** How keys are made of passwords. */
export interface PasswordOptions {
  /** What a new slot costs; by default, and at the least, `leastArgon2Cost`. */
  readonly cost?: Argon2Cost;
  /**
   * For tests alone: accept a cost below the least. There is no other way to
   * say so, no variable and no setting.
   */
  readonly acceptsWeakCost?: boolean;
  /** By default Argon2id of Node. */
  readonly derive?: DerivePassword;
  /** How many derivations may wait for the one under way. */
  readonly mostWaiting?: number;
}

/** Makes keys of passwords, one at a time (T52). */
export interface PasswordDeriver {
  /** What a new slot costs. */
  readonly cost: Argon2Cost;
  /**
   * The key of a password; the password stays the caller's.
   *
   * @throws AccountError "busy" when too many wait.
   * @throws the signal's reason when aborted.
   */
  derive(
    password: Uint8Array,
    salt: Uint8Array,
    cost: Argon2Cost,
    signal?: AbortSignal,
  ): Promise<Secret>;
}

const fewestCharacters = 8;

/** @throws RangeError when the cost is too low, or more than can be borne. */
export function createPasswordDeriver(
  options: PasswordOptions = {},
): PasswordDeriver {
  const { cost = leastArgon2Cost, derive = deriveArgon2id } = options;
  const strong = isStrongEnough(cost) || options.acceptsWeakCost === true;
  if (!strong || !isBearable(cost)) {
    throw new RangeError("the cost of a password is out of bounds");
  }
  const turns = createTurns(options.mostWaiting ?? 8);
  return {
    cost,
    async derive(password, salt, slotCost, signal) {
      const key = await turns
        .run(() => derive(password, salt, slotCost), signal)
        .catch((error: unknown) => {
          if (!(error instanceof TooManyWaitingError)) throw error;
          throw new AccountError(
            "busy",
            "Too many passwords are being checked. Try again in a moment.",
          );
        });
      if (signal?.aborted !== true) return key;
      key[Symbol.dispose]();
      throw signal.reason;
    },
  };
}

/**
 * A new password is UTF-8 text of eight characters or more. How strong it is
 * beyond that is told where it is typed, not forced here.
 *
 * @throws AccountError "weak-password"
 */
export function checkPassword(password: Uint8Array): void {
  if (!isUtf8(password)) {
    throw new AccountError("weak-password", "A password is UTF-8 text.");
  }
  let characters = 0;
  for (const byte of password) if ((byte & 0xc0) !== 0x80) characters += 1;
  if (characters < fewestCharacters) {
    throw new AccountError(
      "weak-password",
      `A password has at least ${fewestCharacters} characters.`,
    );
  }
}
