// SPDX-License-Identifier: Apache-2.0
import type { PasswordOptions } from "../src/account/password.ts";

/** Passwords that cost next to nothing, since they are checked a thousand times. */
export const weakPasswords: PasswordOptions = {
  cost: { memory: 32, passes: 1, parallelism: 1 },
  acceptsWeakCost: true,
};
