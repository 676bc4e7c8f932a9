// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createAuthenticator } from "./authenticator.ts";
import { authenticate } from "./derive.ts";
import { randomBytes, systemRandom } from "./random.ts";

test("an authenticator gives the HMAC of each message, whatever came before", () => {
  for (const keyLength of [0, 1, 32, 64]) {
    const key = randomBytes(systemRandom, keyLength);
    using authenticator = createAuthenticator(key);
    for (const length of [0, 1, 63, 64, 5_000, 200, 959, 960, 961, 3]) {
      const message = randomBytes(systemRandom, length);
      const digest = authenticator.digest(message);
      expect(digest).toEqual(authenticate(key, message));
    }
  }
});

test("an authenticator refuses a key that is too long, and use after its end", () => {
  expect(() => createAuthenticator(new Uint8Array(65))).toThrow(RangeError);
  const authenticator = createAuthenticator(new Uint8Array(32));
  authenticator[Symbol.dispose]();
  expect(() => authenticator.digest(new Uint8Array())).toThrow(TypeError);
});
